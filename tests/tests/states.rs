//! Every request in every state of its cookie: store operations · cookies in the answer · result.
//!
//! `session` and `state` are cookies that the answer sets, `-session` and `-state` ones that it removes. Every browser
//! that ever had a session has client state too, so that what becomes of it shows.

use std::time::Duration;

use http::HeaderMap;
use session::{Error, Session};
use session_tests::{App, Browser, Kind, cookies_in, on_every_store, outcome};

/// What a request does before it is answered. The result is what its reads and updates said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
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
    async fn run(self, session: &mut Session) -> Result<Option<u64>, Error> {
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
enum Column {
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

const GRACE: Duration = Duration::from_mins(1);

impl Column {
    async fn browser(self, app: &App) -> Browser {
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
                app.wait(GRACE);
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    Success,
    ServerError,
}

/// One cell of the table, as it is.
async fn cell(kind: Kind, request: Request, column: Column, reply: Reply) -> String {
    let app = App::with(kind, |config| config.grace(GRACE)).await;
    let browser = column.browser(&app).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    let mut answering = session.handle();
    let said = request.run(&mut session).await;
    let replaced = if session.is_replaced() && said.is_ok() { " replaced" } else { "" };
    let mut headers = HeaderMap::new();
    let result = match (&said, reply) {
        (Ok(_), Reply::Success) => answering.handle().finalize(&mut headers).await,
        _ => answering.handle().abandon(&mut headers).await,
    };
    let value = match (&said, request) {
        (Ok(value), Reads | Updates) => format!(" {value:?}"),
        (Ok(_), _) => String::new(),
        (Err(error), _) => format!(" {:?}", error.kind()),
    };
    let operations = app.spy.take_operations();
    let operations = if operations.is_empty() { "0" } else { &operations };
    format!("{operations} · {} · {}{value}{replaced}", cookies_in(&headers), outcome(&result))
}

/// Checks a row in all columns at once, so that a failure shows the whole row.
async fn row(kind: Kind, reply: Reply, request: Request, expected: &[(&[Column], &str)]) {
    let mut is = Vec::new();
    let mut should_be = Vec::new();
    for (columns, cell_text) in expected {
        for column in *columns {
            is.push(format!("{column:?}: {}", cell(kind, request, *column, reply).await));
            should_be.push(format!("{column:?}: {cell_text}"));
        }
    }
    assert_eq!(is.len(), 8, "every column has its cell");
    assert_eq!(is, should_be, "{request:?}");
}

const NONE: &[Column] = &[NoCookie, ClientOnly, Garbled];
const ENDED: &[Column] = &[Ended, Expired];

async fn untouched(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, Older], nothing), (ENDED, nothing)];
    row(kind, Reply::Success, Untouched, everywhere).await;
}

async fn reads(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok None"),
        (&[Live], "load · – · ok Some(1)"),
        (ENDED, "load · – · ok None"),
        (&[Replaced], "load · – · ok None replaced"),
        (&[Older], "load · – · ok None"),
    ];
    row(kind, Reply::Success, Reads, &cells).await;
}

async fn only_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · – · ok"),
        (ENDED, "commit create · session · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit create · session · ok"),
    ];
    row(kind, Reply::Success, Writes, &cells).await;
}

async fn reads_then_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · – · ok"),
        (ENDED, "load create · session · ok"),
        (&[Replaced], "load · – · Replaced replaced"),
        (&[Older], "load create · session · ok"),
    ];
    row(kind, Reply::Success, ReadsThenWrites, &cells).await;
    row(kind, Reply::Success, WritesThenReads, &cells).await;
}

async fn updates(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok None"),
        (&[Live], "load commit · – · ok Some(1)"),
        (ENDED, "load create · session · ok None"),
        (&[Replaced], "load · – · ok Replaced"),
        (&[Older], "load create · session · ok None"),
    ];
    row(kind, Reply::Success, Updates, &cells).await;
    row(kind, Reply::ServerError, Updates, &cells).await;
}

async fn cycles_alone(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · session · ok"),
        (ENDED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit · – · ok"),
    ];
    row(kind, Reply::Success, Cycles, &cells).await;
}

async fn signs_in(kind: Kind) {
    let cells: [(&[Column], &str); 4] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · session · ok"),
        (ENDED, "commit create · session · ok"),
        (&[Replaced, Older], "commit create · session · ok"),
    ];
    row(kind, Reply::Success, SignsIn, &cells).await;
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · session · ok"),
        (ENDED, "load create · session · ok"),
        (&[Replaced], "load create · session · ok replaced"),
        (&[Older], "load create · session · ok"),
    ];
    row(kind, Reply::Success, ReadsThenSignsIn, &cells).await;
}

async fn only_unsets_or_clears(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · – · ok"),
        (ENDED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit · – · ok"),
    ];
    row(kind, Reply::Success, Unsets, &cells).await;
    row(kind, Reply::Success, Clears, &cells).await;
}

async fn deletes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "delete · state · ok"),
        (ENDED, "delete · – · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · – · ok"),
    ];
    row(kind, Reply::Success, Deletes, &cells).await;
    row(kind, Reply::ServerError, Deletes, &cells).await;
}

async fn deletes_then_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "delete create · session state · ok"),
        (ENDED, "delete create · session · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete create · session · ok"),
    ];
    row(kind, Reply::Success, DeletesThenWrites, &cells).await;
}

async fn invalidates(kind: Kind) {
    let cells: [(&[Column], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (ENDED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · -session -state · ok"),
    ];
    row(kind, Reply::Success, Invalidates, &cells).await;
    row(kind, Reply::ServerError, Invalidates, &cells).await;
}

async fn restarts(kind: Kind) {
    let alone: [(&[Column], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (ENDED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · -session -state · ok"),
    ];
    row(kind, Reply::Success, Restarts, &alone).await;
    row(kind, Reply::ServerError, Restarts, &alone).await;
    row(kind, Reply::ServerError, RestartsThenWrites, &alone).await;
    let cells: [(&[Column], &str); 7] = [
        (&[NoCookie], "create · session · ok"),
        (&[ClientOnly], "create · session -state · ok"),
        (&[Garbled], "create · session · ok"),
        (&[Live], "delete create · session -state · ok"),
        (ENDED, "delete create · session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete create · session -state · ok"),
    ];
    row(kind, Reply::Success, RestartsThenWrites, &cells).await;
}

async fn writes_client_state(kind: Kind) {
    let alone = "0 · state · ok";
    let everywhere = &[(NONE, alone), (&[Live, Replaced, Older], alone), (ENDED, alone)];
    row(kind, Reply::Success, WritesClientState, everywhere).await;
}

async fn a_server_error_commits_nothing_but_an_ending(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, Older], nothing), (ENDED, nothing)];
    for request in [Writes, Cycles, SignsIn, Unsets, Clears, WritesClientState] {
        row(kind, Reply::ServerError, request, everywhere).await;
    }
}

on_every_store!(
    untouched,
    reads,
    only_writes,
    reads_then_writes,
    updates,
    cycles_alone,
    signs_in,
    only_unsets_or_clears,
    deletes,
    deletes_then_writes,
    invalidates,
    restarts,
    writes_client_state,
    a_server_error_commits_nothing_but_an_ending,
);
