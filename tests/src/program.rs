//! A request as a small program in words: `read write sync rotate user / 5xx`.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use session::{Error, IndexKey, Session};

/// The user of a session. The index finds sessions by it.
pub const USER: IndexKey<u64> = IndexKey::declare("user");
/// Who is signed in before any program runs.
pub const FIRST_USER: u64 = 7;

/// One thing that a request does to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads the shared key.
    Read,
    /// Reads every key.
    All,
    /// Writes the shared key and the author's own, without reading.
    Write,
    /// Writes who is signed in; behind a rotation this is a sign-in.
    User,
    Unset,
    Clear,
    /// Adds one to the counter.
    Update,
    Rotate,
    Invalidate,
    Restart,
    Delete,
    /// Writes client state.
    Theme,
    Sync,
    /// Ends the session by its id, from another place, if it is still the first user's.
    Revoke,
}

impl Verb {
    const WORDS: [(&str, Self); 14] = [
        ("read", Self::Read),
        ("all", Self::All),
        ("write", Self::Write),
        ("user", Self::User),
        ("unset", Self::Unset),
        ("clear", Self::Clear),
        ("update", Self::Update),
        ("rotate", Self::Rotate),
        ("invalidate", Self::Invalidate),
        ("restart", Self::Restart),
        ("delete", Self::Delete),
        ("theme", Self::Theme),
        ("sync", Self::Sync),
        ("revoke", Self::Revoke),
    ];

    /// Does it. Nothing that two authors write is the same.
    ///
    /// # Errors
    ///
    /// The session's own.
    pub async fn run(self, session: &mut Session, by: Author) -> Result<Seen, Error> {
        match self {
            Self::Read => return Ok(Seen::Shared(session.get("shared").await?)),
            Self::All => return Ok(Seen::All(session.entries().await?)),
            Self::Write => {
                session.insert("shared", by.value()).await?;
                session.insert(by.own_key(), by.value()).await?;
            }
            Self::User => session.insert(&*USER, by.value()).await?,
            Self::Unset => session.unset("shared").await?,
            Self::Clear => session.clear().await?,
            Self::Update => session.update("count", |count: &mut Option<u64>| *count.get_or_insert(0) += 1).await?,
            Self::Rotate => session.cycle_id(),
            Self::Invalidate => session.invalidate(),
            Self::Restart => session.restart(),
            Self::Delete => session.delete(),
            Self::Theme => session.client_mut().insert("theme", by.value())?,
            Self::Sync => session.sync().await?,
            Self::Revoke => {}
        }
        Ok(Seen::Nothing)
    }
}

/// Who writes: which request, and at which of its steps.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    pub request: usize,
    pub step: usize,
}

impl Author {
    pub fn value(self) -> u64 {
        u64::try_from(1000 + 100 * self.request + self.step).unwrap_or(u64::MAX)
    }

    pub fn own_key(self) -> String {
        format!("own.{}", self.request)
    }
}

/// What a verb has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Shared(Option<u64>),
    All(Map<String, Value>),
}

/// One step of a program. The wait for it may be cut short: at its first pause its operation has not begun, at its second
/// the answer is under way, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub verb: Verb,
    pub cut: Option<usize>,
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Answer,
    ServerError,
    /// The client is gone after so many pauses, and the request's future is dropped.
    Dropped(usize),
}

/// Which session a request speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opener {
    /// The cookie that the browser holds.
    Browser,
    /// The cookie before it.
    Old,
    Stranger,
    /// No browser: the session's id.
    Id,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub opener: Opener,
    pub steps: Vec<Step>,
    pub ending: Ending,
}

impl Program {
    pub fn has(&self, verb: Verb) -> bool {
        self.steps.iter().any(|step| step.verb == verb)
    }

    pub fn ends_session(&self) -> bool {
        self.has(Verb::Invalidate) || self.has(Verb::Restart) || self.has(Verb::Delete)
    }
}

impl FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (opener, rest) = text.split_once(": ").unwrap_or(("", text));
        let opener = match opener {
            "" => Opener::Browser,
            "old" => Opener::Old,
            "stranger" => Opener::Stranger,
            "id" => Opener::Id,
            _ => return Err(format!("nobody opens a session as `{opener}`")),
        };
        let (words, ending) = rest.split_once(" / ").unwrap_or((rest, ""));
        let ending = match (ending, ending.strip_prefix("dropped@")) {
            ("", _) => Ending::Answer,
            ("5xx", _) => Ending::ServerError,
            (_, Some(pause)) => Ending::Dropped(pause.parse().map_err(|_| format!("no pause: `{pause}`"))?),
            _ => return Err(format!("no request ends as `{ending}`")),
        };
        Ok(Self { opener, steps: words.split(' ').map(step).collect::<Result<_, _>>()?, ending })
    }
}

fn step(text: &str) -> Result<Step, String> {
    let (word, cut) = match text.split_once("-cut@") {
        Some((word, pause)) => (word, Some(pause.parse().map_err(|_| format!("no pause: `{pause}`"))?)),
        None => (text, None),
    };
    let verb = Verb::WORDS.iter().find(|(known, _)| *known == word).ok_or_else(|| format!("no verb: `{word}`"))?.1;
    Ok(Step { verb, cut })
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(_, verb)| verb == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}
