//! A small language for requests, for example `read write sync rotate user / 5xx`.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use session::{Error, IndexKey, Session};

/// The indexed key of the user.
pub const USER: IndexKey<u64> = IndexKey::declare("user");
/// The user who is logged in before any program runs.
pub const FIRST_USER: u64 = 7;

/// One call on the session of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads the shared key.
    Read,
    /// Reads every key.
    All,
    /// Writes the shared key and the key of the author, without a load.
    Write,
    /// Writes the user. After a rotation, this is a login.
    User,
    Unset,
    Clear,
    /// Adds one to the counter.
    Update,
    Rotate,
    /// Logs in the first user, with a load. The session belongs to this user, unless another request changed it.
    LogIn,
    /// Logs in another user, with a load.
    LogInOther,
    Renew,
    Invalidate,
    Restart,
    Delete,
    /// Writes client state.
    Theme,
    Sync,
    /// Revokes the session by its id, if it still belongs to the first user.
    Revoke,
}

impl Verb {
    const WORDS: [(&str, Self); 17] = [
        ("read", Self::Read),
        ("all", Self::All),
        ("write", Self::Write),
        ("user", Self::User),
        ("unset", Self::Unset),
        ("clear", Self::Clear),
        ("update", Self::Update),
        ("rotate", Self::Rotate),
        ("login", Self::LogIn),
        ("login-other", Self::LogInOther),
        ("renew", Self::Renew),
        ("invalidate", Self::Invalidate),
        ("restart", Self::Restart),
        ("delete", Self::Delete),
        ("theme", Self::Theme),
        ("sync", Self::Sync),
        ("revoke", Self::Revoke),
    ];

    /// Calls the session. Each author writes different values.
    ///
    /// # Errors
    ///
    /// The errors of the session.
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
            Self::LogIn => session.log_in(USER, FIRST_USER).await?,
            Self::LogInOther => session.log_in(USER, by.value()).await?,
            Self::Renew => session.renew_token(),
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

/// The request that writes, and the number of its step.
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

/// The result of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Shared(Option<u64>),
    All(Map<String, Value>),
}

/// One step of a program. Its future may be dropped at a pause: at the first one its operation has not started, at the
/// second one the reply is pending, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub verb: Verb,
    pub cut: Option<usize>,
}

/// How a request is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    Success,
    ServerError,
    /// The client disconnects after this many pauses, and the future of the request is dropped.
    Dropped(usize),
}

/// How a request opens its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedBy {
    /// With the current cookie of the browser.
    Cookie,
    /// With the cookie from before the rotation.
    OldCookie,
    NoCookie,
    /// By the id of the session, without a browser.
    Id,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub opened_by: OpenedBy,
    pub steps: Vec<Step>,
    pub finish: Finish,
}

impl Program {
    pub fn has(&self, verb: Verb) -> bool {
        self.steps.iter().any(|step| step.verb == verb)
    }

    pub fn rotates_token(&self) -> bool {
        self.has(Verb::Rotate) || self.has(Verb::LogIn) || self.has(Verb::Renew)
    }

    pub fn deletes_session(&self) -> bool {
        self.has(Verb::Invalidate) || self.has(Verb::Restart) || self.has(Verb::Delete)
    }
}

impl FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (opened_by, rest) = text.split_once(": ").unwrap_or(("", text));
        let opened_by = match opened_by {
            "" => OpenedBy::Cookie,
            "old" => OpenedBy::OldCookie,
            "anonymous" => OpenedBy::NoCookie,
            "id" => OpenedBy::Id,
            _ => return Err(format!("unknown credential: `{opened_by}`")),
        };
        let (words, finish) = rest.split_once(" / ").unwrap_or((rest, ""));
        let finish = match (finish, finish.strip_prefix("dropped@")) {
            ("", _) => Finish::Success,
            ("5xx", _) => Finish::ServerError,
            (_, Some(pause)) => Finish::Dropped(pause.parse().map_err(|_| format!("invalid pause: `{pause}`"))?),
            _ => return Err(format!("unknown end of a request: `{finish}`")),
        };
        Ok(Self { opened_by, steps: words.split(' ').map(step).collect::<Result<_, _>>()?, finish })
    }
}

fn step(text: &str) -> Result<Step, String> {
    let (word, cut) = match text.split_once("-cut@") {
        Some((word, pause)) => (word, Some(pause.parse().map_err(|_| format!("invalid pause: `{pause}`"))?)),
        None => (text, None),
    };
    let verb = Verb::WORDS.iter().find(|(known, _)| *known == word).ok_or_else(|| format!("unknown verb: `{word}`"))?.1;
    Ok(Step { verb, cut })
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(_, verb)| verb == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}
