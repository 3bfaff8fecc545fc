//! Tests of log subscribers that read the session: no line is logged while the state of the session is locked.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{self, Request};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use session::axum::SessionLayer;
use session::{Session, SessionConfig, SessionSchema};
use session_tests::{App, Browser, Fault, Kind};
use tower::ServiceExt;
use tracing_subscriber::filter::LevelFilter;

/// A writer that reads the watched session at each line.
#[derive(Clone, Default)]
struct ReadingWriter {
    watched: Arc<Mutex<Option<Session>>>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Write for ReadingWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(session) = &*self.watched.lock().unwrap() {
            _ = (session.id(), session.is_replaced(), session.client().get::<String>("theme").is_ok());
        }
        self.lines.lock().unwrap().push(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    user: u64,
    #[session(on_invalid = "discard")]
    a: bool,
    tagged: Tagged,
}

/// serde writes integer keys of an internally tagged enum, and cannot read them.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Map { numbers: BTreeMap<u64, u64> },
}

/// Each case logs a line that contains the text.
async fn log_every_line(app: &App, writer: &ReadingWriter) {
    let watch = |session: &mut Session| *writer.watched.lock().unwrap() = Some(session.handle());
    let logged = |text: &str| {
        let lines = std::mem::take(&mut *writer.lines.lock().unwrap());
        assert!(lines.iter().any(|line| line.contains(text)), "no line contains `{text}`: {lines:?}");
    };
    let mut browser = app.browser_with(&[("a", 1)]).await;

    let mut session = app.open(&browser);
    watch(&mut session);
    assert_eq!(session.typed::<Visitor>().a().await.unwrap(), None);
    logged("ignoring an invalid value");

    app.advance(Duration::from_hours(20));
    app.spy.fail_next("touch", Fault::Refuse);
    app.finalize(session, &mut browser).await.unwrap();
    logged("failed to renew the session");

    let mut session = app.open(&browser);
    watch(&mut session);
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.spy.fail_next("find", Fault::Refuse);
    let mut late = session.handle();
    app.finalize(session, &mut browser).await.unwrap();
    logged("failed to delete sessions over the limit");

    late.invalidate();
    logged("session change ignored");

    let request = [(http::header::COOKIE, "__Host-id=x; __Host-id-state=x".parse().unwrap())].into_iter().collect();
    let mut session = app.manager.open(&request);
    watch(&mut session);
    assert_eq!(session.id(), None);
    logged("does not decrypt");

    let mut session = app.open(&browser);
    watch(&mut session);
    let unreadable = Tagged::Map { numbers: [(1, 2)].into() };
    session.typed_mut::<Visitor>().set_tagged(unreadable).unwrap();
    logged("cannot be read back");
    app.spy.fail_next("commit", Fault::Stall);
    assert!(app.spy.run_until_hang(session.sync()).await.is_none());
    app.spy.fail_next("load", Fault::Refuse);
    session.sync().await.unwrap_err();
    logged("failed to load the outcome");
    app.abandon(session, &mut browser).await.unwrap();

    let mut planted = Browser::default();
    let mut session = app.open(&planted);
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut planted).await.unwrap();
    let cookies = [&browser, &planted].map(|browser| browser.request().remove("cookie").unwrap());
    let line = cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).join("; ");
    let mut session = app.manager.open(&[(http::header::COOKIE, line.parse().unwrap())].into_iter().collect());
    watch(&mut session);
    assert!(session.id().is_some());
    logged("several cookies of one name");

    let watched = Arc::clone(&writer.watched);
    let handler = async move |mut session: Session| {
        *watched.lock().unwrap() = Some(session.handle());
        session.insert("a", f64::NAN).await
    };
    let router = Router::new().route("/", get(handler)).layer(SessionLayer::new(app.manager.clone()));
    router.oneshot(Request::new(Body::empty())).await.unwrap();
    logged("session operation failed");

    let plain = [(http::header::ORIGIN, "http://shop.test"), (http::header::HOST, "shop.test")];
    let plain = plain.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
    drop(app.manager.open(&plain));
    logged("plain http");

    *writer.watched.lock().unwrap() = None;
    let mut forgotten = app.open(&Browser::default());
    forgotten.insert("a", 1).await.unwrap();
    drop(forgotten);
    logged("changes discarded");
}

#[test]
fn a_log_subscriber_may_read_the_session_at_every_line() {
    let writer = ReadingWriter::default();
    let make_writer = writer.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || make_writer.clone())
        .init();
    // In a thread, because a line that is logged under the lock would wait for itself.
    let (done, finished) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let app = App::with(Kind::Memory, |config: SessionConfig| config.index_with_limit(Visitor::USER, 1)).await;
            log_every_line(&app, &writer).await;
        });
        done.send(()).unwrap();
    });
    finished.recv_timeout(Duration::from_mins(1)).expect("no line waits for the lock, and no check failed");
}
