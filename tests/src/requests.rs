//! The rows and the columns of the request matrix: handlers, and states of the session cookie.
//!
//! Every browser that once had a session also has client state, so that a test sees how a request changes it.

#![allow(clippy::enum_glob_use, reason = "the names are the words of the table")]

use std::time::Duration;

use session::{Error, Key, Session};

use crate::app::App;
use crate::browser::{Browser, ClientKind};

macro_rules! requests {
    ($($name:ident,)*) => {
        /// The handler of a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Request {
            $($name,)*
        }

        impl Request {
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

requests! {
    Untouched,
    Reads,
    Writes,
    ReadsThenWrites,
    WritesThenReads,
    Updates,
    Rotates,
    LogsIn,
    ReadsThenLogsIn,
    Unsets,
    Clears,
    Deletes,
    DeletesThenWrites,
    Invalidates,
    Restarts,
    RestartsThenWrites,
    WritesClientState,
    LogsInFirstUser,
    LogsInSameUser,
    LogsInOtherUser,
    RenewsToken,
    RenewsTokenAndWrites,
}

use Request::*;

const A: Key<u64> = Key::declare("a");
const B: Key<u64> = Key::declare("b");

impl Request {
    /// Returns true if the handler rotates the token.
    pub fn rotates(self) -> bool {
        matches!(
            self,
            Rotates
                | LogsIn
                | ReadsThenLogsIn
                | LogsInFirstUser
                | LogsInSameUser
                | LogsInOtherUser
                | RenewsToken
                | RenewsTokenAndWrites
        )
    }

    /// Runs the handler, and returns the result of its read or update.
    pub async fn run(self, session: &mut Session) -> Result<Option<u64>, Error> {
        match self {
            Untouched => {}
            Reads => return session.get("a").await,
            Writes => session.insert("b", 2).await?,
            ReadsThenWrites => {
                session.get::<u64>("a").await?;
                session.insert("b", 2).await?;
            }
            WritesThenReads => {
                session.insert("b", 2).await?;
                session.get::<u64>("a").await?;
            }
            Updates => return session.update("a", |a: &mut Option<u64>| a.replace(9)).await,
            Rotates => session.cycle_id(),
            LogsIn => {
                session.cycle_id();
                session.insert("b", 2).await?;
            }
            ReadsThenLogsIn => {
                session.get::<u64>("a").await?;
                session.cycle_id();
                session.insert("b", 2).await?;
            }
            Unsets => session.unset("a").await?,
            Clears => session.clear().await?,
            Deletes => session.delete(),
            DeletesThenWrites => {
                session.delete();
                session.insert("b", 2).await?;
            }
            Invalidates => session.invalidate(),
            Restarts => session.restart(),
            RestartsThenWrites => {
                session.restart();
                session.insert("b", 2).await?;
            }
            WritesClientState => session.client_mut().insert("theme", "light")?,
            LogsInFirstUser => session.log_in(B, 2).await?,
            LogsInSameUser => session.log_in(A, 1).await?,
            LogsInOtherUser => session.log_in(A, 9).await?,
            RenewsToken => session.renew_token(),
            RenewsTokenAndWrites => {
                session.renew_token();
                session.insert("b", 2).await?;
            }
        }
        Ok(None)
    }
}

/// The state of the session cookie of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieState {
    NoCookie,
    ClientOnly,
    Garbled,
    Live,
    Deleted,
    Expired,
    Replaced,
    /// Rotated, and the rotation grace is over.
    BeyondGrace,
}

use CookieState::*;

impl CookieState {
    /// A browser with a cookie in this state.
    pub async fn browser(self, app: &App) -> Browser {
        match self {
            NoCookie => app.client_without_session(),
            ClientOnly => themed(app, app.client_without_session()).await,
            Garbled => {
                let mut browser = app.client_without_session();
                browser.cookies.insert(Browser::SESSION.to_owned(), "garbled".to_owned());
                browser
            }
            Live => live(app).await,
            Deleted => {
                let browser = live(app).await;
                let mut session = app.open(&browser);
                session.invalidate();
                app.finalize(session, &mut browser.clone()).await.unwrap();
                browser
            }
            Expired => {
                let mut browser = live(app).await;
                app.advance(Duration::from_hours(25));
                // The state cookie expired, too. A new one is bound to the same record.
                browser = themed(app, browser).await;
                browser
            }
            Replaced => rotated_elsewhere(app).await,
            BeyondGrace => {
                let browser = rotated_elsewhere(app).await;
                // Longer than the default grace.
                app.advance(Duration::from_mins(1));
                browser
            }
        }
    }
}

/// A browser with client state. An API client has none.
async fn themed(app: &App, mut browser: Browser) -> Browser {
    if browser.kind != ClientKind::Browser {
        return browser;
    }
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

async fn live(app: &App) -> Browser {
    themed(app, app.browser_with(&[("a", 1)]).await).await
}

/// A browser whose token was rotated by another tab.
async fn rotated_elsewhere(app: &App) -> Browser {
    let browser = live(app).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    app.finalize(session, &mut browser.clone()).await.unwrap();
    browser
}
