//! One change of a schema: a value that the old schema wrote, read by the new one, and the verdict of `assert_schema!`.

use std::fmt::Write;
use std::pin::Pin;

use http::{HeaderMap, HeaderValue, header};
use session::__private::SchemaCheck;
use session::store::MemoryStore;
use session::{Error, IndexKey, SecretKey, Session, SessionConfig, SessionManager, SessionSchema};

pub(super) struct Evolution {
    pub(super) name: &'static str,
    /// The releases before the current one, the oldest first. The oldest one wrote the value.
    pub(super) before: Vec<SchemaCheck>,
    pub(super) after: SchemaCheck,
    pub(super) write: fn(&mut Session) -> Result<(), Error>,
    pub(super) read: for<'s> fn(&'s Session) -> Reading<'s>,
    /// The value that the new schema must read.
    pub(super) value: &'static str,
}

pub(super) type Reading<'s> = Pin<Box<dyn Future<Output = Result<String, Error>> + 's>>;

/// Declares an evolution: `before`, an optional `between`, and `after` are modules with a schema `Visitor`.
macro_rules! evolution {
    (
        $name:literal
        before $([samples: $($key:expr => $sample:expr),*])? { $($before:tt)* }
        write |$writer:ident| $write:expr;
        $(between { $($between:tt)* })?
        after $([others: $($other:ty),*])? { $($after:tt)* }
        read |$reader:ident| $read:expr => $value:literal;
    ) => {{
        #[allow(dead_code, unused_imports)]
        mod before {
            use super::*;
            $($before)*
            pub(super) fn check() -> SchemaCheck {
                check_of::<Visitor>()$($(.sample($key, $sample))*)?
            }
            pub(super) fn write(session: &mut Session) -> Result<(), session::Error> {
                let mut visitor = session.typed_mut::<Visitor>();
                let $writer = &mut visitor;
                $write
            }
        }
        $(
            #[allow(dead_code, unused_imports)]
            mod between {
                use super::*;
                $($between)*
                pub(super) fn check() -> SchemaCheck {
                    check_of::<Visitor>()
                }
            }
        )?
        #[allow(dead_code, unused_imports)]
        mod after {
            use super::*;
            $($after)*
            pub(super) fn check() -> SchemaCheck {
                check_of::<Visitor>()$($(.other(<$other>::SCHEMA, <$other>::list_shapes))*)?
            }
            pub(super) async fn read(session: &Session) -> Result<String, session::Error> {
                let $reader = session.typed::<Visitor>();
                Ok(format!("{:?}", $read))
            }
        }
        Evolution {
            name: $name,
            before: vec![before::check(), $({ stringify!($($between)*); between::check() })?],
            after: after::check(),
            write: before::write,
            read: |session| Box::pin(after::read(session)),
            value: $value,
        }
    }};
}

pub(super) use evolution;

pub(super) fn check_of<S: SessionSchema>() -> SchemaCheck {
    SchemaCheck::new(S::SCHEMA, S::list_shapes, "visitor.json")
}

/// The result of reading a stored value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Equal,
    Absent,
    OtherValue,
    Fails,
}

/// The verdict of `assert_schema!`, from the first line of its message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Passes,
    Readable,
    Ignored,
    /// `migrate` converts some old values. The value of the table is one of them.
    Uncertain,
    Unreadable,
}

impl Evolution {
    /// Reads the old value, and returns the description of the evolution. Panics if the verdict is wrong.
    pub(super) async fn describe(self) -> String {
        let (stored, outcome) = self.read_old_value().await;
        let snapshot = self.before.iter().fold(None, |file: Option<String>, check| Some(check.accept(file.as_deref())));
        let message = self.after.compare(snapshot.as_deref()).err().unwrap_or_default();
        let verdict = verdict(&message);
        let is_right = match outcome {
            Outcome::Equal => matches!(verdict, Verdict::Passes | Verdict::Readable | Verdict::Uncertain),
            Outcome::Absent => matches!(verdict, Verdict::Ignored | Verdict::Unreadable),
            Outcome::OtherValue | Outcome::Fails => verdict == Verdict::Unreadable,
        };
        let name = self.name;
        assert!(
            is_right,
            "{name}: {stored} reads as {outcome:?}, but the verdict is {verdict:?}\n{message}\n{snapshot:?}"
        );
        self.assert_accepted(snapshot.as_deref(), name);
        let mut text = format!("{name}\n  stored {stored}: {outcome:?}, {verdict:?}\n");
        for line in message.lines().filter(|line| line.starts_with("- ")) {
            _ = writeln!(text, "  {line}");
        }
        text
    }

    /// After the changes were accepted, the check passes.
    fn assert_accepted(&self, before: Option<&str>, name: &str) {
        let accepted = self.after.accept(before);
        assert_eq!(self.after.compare(Some(&accepted)), Ok(()), "{name}: {accepted}");
        assert_eq!(self.after.accept(Some(&accepted)), accepted, "{name}");
    }

    async fn read_old_value(&self) -> (String, Outcome) {
        let config = SessionConfig::new(SecretKey::generate()).index(IndexKey::<u64>::declare("user_id"));
        let manager = SessionManager::new(MemoryStore::new(), config);
        let mut session = manager.open(&HeaderMap::new());
        (self.write)(&mut session).unwrap();
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        let session = manager.open(&request_after(&response));
        let server = session.entries().await.unwrap();
        let client = session.client().entries();
        let stored = serde_json::to_string(&server).unwrap() + &serde_json::to_string(&client).unwrap();
        let outcome = match (self.read)(&session).await {
            Ok(value) if value == self.value => Outcome::Equal,
            Ok(value) if value == "None" => Outcome::Absent,
            Ok(_) => Outcome::OtherValue,
            Err(_) => Outcome::Fails,
        };
        (stored.replace("{}", ""), outcome)
    }
}

pub(super) fn verdict(message: &str) -> Verdict {
    let first = message.lines().next().unwrap_or_default();
    match () {
        () if first.is_empty() => Verdict::Passes,
        () if first.contains("cannot read all values") => Verdict::Unreadable,
        () if first.contains("could not be decided") => Verdict::Uncertain,
        () if first.contains("ignores some stored values") => Verdict::Ignored,
        () if first.contains("all stored sessions are readable") || first.contains("reads all known values") => {
            Verdict::Readable
        }
        () => panic!("{message}"),
    }
}

/// The request of a browser after this response.
fn request_after(response: &HeaderMap) -> HeaderMap {
    let cookies = response.get_all(header::SET_COOKIE).iter().map(|cookie| {
        let cookie = cookie.to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    });
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    [(header::COOKIE, HeaderValue::from_str(&cookies).unwrap())].into_iter().collect()
}
