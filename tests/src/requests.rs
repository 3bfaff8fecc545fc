//! The rows and the columns of the table of requests and states: what a request does, and what its browser comes with.
//!
//! Every browser that ever had a session has client state too, so that what becomes of it shows.

#![allow(clippy::enum_glob_use, reason = "the table's words stand alone, as they do in the table")]

use std::time::Duration;

use session::{Error, Session};

use crate::app::App;
use crate::browser::Browser;

/// What a request does before it is answered. The result is what its reads and updates said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    Untouched,
    Reads,
    Writes,
    ReadsThenWrites,
    WritesThenReads,
    Updates,
    Cycles,
    SignsIn,
    ReadsThenSignsIn,
    Unsets,
    Clears,
    Deletes,
    DeletesThenWrites,
    Invalidates,
    Restarts,
    RestartsThenWrites,
    WritesClientState,
}

use Request::*;

impl Request {
    pub const ALL: [Self; 17] = [
        Untouched,
        Reads,
        Writes,
        ReadsThenWrites,
        WritesThenReads,
        Updates,
        Cycles,
        SignsIn,
        ReadsThenSignsIn,
        Unsets,
        Clears,
        Deletes,
        DeletesThenWrites,
        Invalidates,
        Restarts,
        RestartsThenWrites,
        WritesClientState,
    ];

    /// What the handler does; the result is what its read or update said.
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
            Cycles => session.cycle_id(),
            SignsIn => {
                session.cycle_id();
                session.insert("b", 2).await?;
            }
            ReadsThenSignsIn => {
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
        }
        Ok(None)
    }
}

/// What the browser comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    NoCookie,
    ClientOnly,
    Garbled,
    Live,
    Ended,
    Expired,
    Replaced,
    Older,
}

use Column::*;

impl Column {
    /// A browser that comes with it.
    pub async fn browser(self, app: &App) -> Browser {
        match self {
            NoCookie => Browser::default(),
            ClientOnly => themed(app, Browser::default()).await,
            Garbled => {
                let mut browser = Browser::default();
                browser.cookies.insert(Browser::SESSION.to_owned(), "garbled".to_owned());
                browser
            }
            Live => live(app).await,
            Ended => {
                let browser = live(app).await;
                let mut session = app.open(&browser);
                session.invalidate();
                app.finalize(session, &mut browser.clone()).await.unwrap();
                browser
            }
            Expired => {
                let mut browser = live(app).await;
                app.wait(Duration::from_hours(25));
                // The state cookie has expired as well, and is made anew: it names the same record.
                browser = themed(app, browser).await;
                browser
            }
            Replaced => rotated_elsewhere(app).await,
            Older => {
                let browser = rotated_elsewhere(app).await;
                // Beyond the default grace.
                app.wait(Duration::from_mins(1));
                browser
            }
        }
    }
}

async fn themed(app: &App, mut browser: Browser) -> Browser {
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

async fn live(app: &App) -> Browser {
    themed(app, app.signed_in(&[("a", 1)]).await).await
}

/// A browser whose token another tab has replaced.
async fn rotated_elsewhere(app: &App) -> Browser {
    let browser = live(app).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    app.finalize(session, &mut browser.clone()).await.unwrap();
    browser
}
