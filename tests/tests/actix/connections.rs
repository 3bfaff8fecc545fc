//! Tests with a real server: panics, clients that disconnect, upgrades, and responses that are streamed.

use std::sync::Mutex;
use std::time::Duration;

use actix_web::web;
use session_tests::Log;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use super::server::{Server, serve, serve_without_half_closed};
use super::*;

#[tokio::test]
async fn a_handler_that_panics_commits_nothing_and_logs_no_discarded_changes() {
    fn configure(config: &mut web::ServiceConfig) {
        let panics = async |mut session: Session| -> &'static str {
            session.insert("a", 9).await.unwrap();
            panic!("a mistake in a handler");
        };
        config.route("/panics", web::get().to(panics));
    }
    let app = test_app().await;
    let server = serve(&app, configure);
    let cookie = server.session().await;
    app.spy.take_operations();
    assert_eq!(server.get("/panics", &cookie).await, "");
    assert_eq!(app.spy.take_operations(), "");
    assert!(server.get("/read/a", &cookie).await.ends_with("Some(1)"), "the worker serves the next request");
}

/// The events of a handler: it has written, and it was dropped.
type Events = tokio::sync::mpsc::UnboundedReceiver<&'static str>;

static EVENTS: Mutex<Option<tokio::sync::mpsc::UnboundedSender<&'static str>>> = Mutex::new(None);
static MAY_RESPOND: Notify = Notify::const_new();

/// Writes, waits, and responds.
fn waits(config: &mut web::ServiceConfig) {
    struct NotifyOnDrop(tokio::sync::mpsc::UnboundedSender<&'static str>);
    impl Drop for NotifyOnDrop {
        fn drop(&mut self) {
            _ = self.0.send("dropped");
        }
    }
    let handler = async |mut session: Session| -> Result<&'static str, session::Error> {
        let events = NotifyOnDrop(EVENTS.lock().unwrap().clone().unwrap());
        session.insert("a", 9).await?;
        events.0.send("written").unwrap();
        MAY_RESPOND.notified().await;
        Ok("")
    };
    config.route("/waits", web::get().to(handler));
}

/// Starts a request, and closes the connection after the handler has written.
async fn disconnect(server: &Server, cookie: &str) -> Events {
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    *EVENTS.lock().unwrap() = Some(sender);
    let request = format!("GET /waits HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    let connection = server.connect(&request).await;
    assert_eq!(events.recv().await, Some("written"));
    drop(connection);
    events
}

// nextest runs each test in a process of its own. Without it, the two tests share `EVENTS`.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test]
async fn a_request_whose_client_disconnects_commits_nothing() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let log = Log::of_this_process();
    let app = test_app().await;
    let server = serve_without_half_closed(&app, waits);
    let cookie = server.session().await;
    app.spy.take_operations();
    let mut events = disconnect(&server, &cookie).await;
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), events.recv()).await.unwrap(), Some("dropped"));
    assert_eq!(app.spy.take_operations(), "");
    assert!(server.get("/read/a", &cookie).await.ends_with("Some(1)"));
    assert!(!log.all().contains("changes discarded"), "a cancelled request is no mistake");
}

#[tokio::test]
async fn a_request_that_the_server_completes_after_the_client_disconnected_commits() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let app = test_app().await;
    let server = serve(&app, waits);
    let cookie = server.session().await;
    let mut events = disconnect(&server, &cookie).await;
    MAY_RESPOND.notify_one();
    assert_eq!(events.recv().await, Some("dropped"));
    assert!(server.get("/read/a", &cookie).await.ends_with("Some(9)"));
}

#[tokio::test]
async fn an_upgrade_commits_and_sends_its_cookies_with_the_handshake() {
    fn configure(config: &mut web::ServiceConfig) {
        let upgrades = async |mut session: Session, mut payload: web::Payload| {
            session.insert("a", 7).await?;
            let echo = async_stream(async move {
                let received = futures_util::StreamExt::next(&mut payload).await.unwrap().unwrap();
                let text = String::from_utf8(received.into()).unwrap();
                let refused = session.insert("a", 8).await.unwrap_err();
                format!("{text} {:?} {:?}", session.get::<u64>("a").await.unwrap(), refused.kind())
            });
            Ok::<_, session::Error>(HttpResponse::SwitchingProtocols().upgrade("websocket").streaming(echo))
        };
        config.route("/upgrade", web::get().to(upgrades));
    }
    let app = test_app().await;
    let server = serve(&app, configure);
    let request = "GET /upgrade HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    let mut connection = server.connect(request).await;
    let mut received = Vec::new();
    while !received.ends_with(b"\r\n\r\n") {
        received.push(connection.read_u8().await.unwrap());
    }
    let handshake = String::from_utf8(received).unwrap();
    assert!(handshake.starts_with("HTTP/1.1 101 ") && handshake.contains("set-cookie: id="), "{handshake}");
    assert_eq!(app.spy.take_operations(), "create");
    connection.write_all(b"ping").await.unwrap();
    let mut reply = String::new();
    let expected = "ping Some(7) Finalized";
    while reply.len() < expected.len() {
        reply.push(char::from(connection.read_u8().await.unwrap()));
    }
    assert_eq!(reply, expected);
}

fn async_stream(
    text: impl Future<Output = String> + 'static,
) -> impl futures_util::Stream<Item = Result<web::Bytes, Error>> + 'static {
    futures_util::stream::once(async move { Ok(web::Bytes::from(text.await)) })
}

/// The headers with a token, as they are sent to the client.
#[tokio::test]
async fn a_response_with_a_token_is_kept_out_of_every_cache() {
    fn configure(config: &mut web::ServiceConfig) {
        let caches = async |mut session: Session| {
            session.insert("a", 1).await?;
            let mut response = HttpResponse::Ok();
            for name in ["Cache-Control", "Surrogate-Control", "CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"] {
                response.insert_header((name, "public, max-age=60"));
            }
            response.append_header(("Set-Cookie", "theme=dark"));
            Ok::<_, session::Error>(response.body("page"))
        };
        config.route("/caches", web::get().to(caches));
    }
    let app = test_app().await;
    let server = serve(&app, configure);
    let response = server.get("/caches", "").await;
    let head = response.split_once("\r\n\r\n").unwrap().0.to_lowercase();
    let mut names: Vec<&str> = head.lines().skip(1).map(|line| line.split(':').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["cache-control", "connection", "content-length", "date", "set-cookie", "set-cookie"]);
    assert!(head.contains("cache-control: no-store") && head.contains("set-cookie: theme=dark"), "{head}");
}
