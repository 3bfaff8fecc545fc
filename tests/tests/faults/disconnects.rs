//! Tests of clients that disconnect during a store operation, over real HTTP.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use session::axum::SessionLayer;
use session::{Error, Session};
use session_tests::{App, Browser, CookieState, Fault, Kind, Request};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::request::{assert_next_requests_work, sees};
use Request::*;

const TIMEOUT: Duration = Duration::from_secs(20);

/// An HTTP server on its own port, until it is dropped.
pub(crate) struct Server {
    pub port: u16,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn serve(app: &App, request: Request) -> Server {
    let handler = async move |mut session: Session| -> Result<(), Error> { request.run(&mut session).await.map(drop) };
    let routes: Router = Router::new().route("/", get(handler)).layer(SessionLayer::new(app.manager.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    Server { port, task: tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() }) }
}

/// Sends a request with the cookies of this browser. Dropping the connection disconnects the client.
pub(crate) async fn send(server: &Server, browser: &Browser) -> TcpStream {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let request = browser.request();
    let cookies = request.get("cookie").map_or("", |cookies| cookies.to_str().unwrap());
    let text = format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n");
    connection.write_all(text.as_bytes()).await.unwrap();
    connection
}

/// A request, its last store operation, and the server state if that operation was not stored, and if it was.
const CASES: [(Request, &str, &str, &str); 10] = [
    (Reads, "load", "a=1", "a=1"),
    (ReadsThenWrites, "load", "a=1", "a=1"),
    (ReadsThenWrites, "commit", "a=1", "a=1 b=2"),
    (Writes, "commit", "a=1", "a=1 b=2"),
    (Updates, "commit", "a=1", "a=9"),
    (LogsIn, "commit", "a=1", "replaced"),
    (Deletes, "delete", "a=1", "nothing"),
    (Invalidates, "delete", "a=1", "nothing"),
    (RestartsThenWrites, "delete", "a=1", "nothing"),
    (RestartsThenWrites, "create", "nothing", "nothing"),
];

#[tokio::test]
async fn a_disconnect_during_a_store_operation_stores_all_or_nothing() {
    for kind in [Kind::Memory, Kind::Sqlite] {
        let app = App::new(kind).await;
        for (request, operation, before, after) in CASES {
            let server = serve(&app, request).await;
            for (fault, expected) in [(Fault::Stall, before), (Fault::Hang, after)] {
                let browser = CookieState::Live.browser(&app).await;
                app.spy.fail_next(operation, fault);
                let client = send(&server, &browser).await;
                timeout(TIMEOUT, app.spy.hung()).await.unwrap();
                drop(client);
                timeout(TIMEOUT, app.spy.cancelled()).await.expect("the operation is cancelled after the disconnect");
                let (seen, _) = sees(&app, &browser).await;
                assert_eq!(seen, expected, "{kind:?} {request:?} {operation} {fault:?}");
                assert_next_requests_work(&app, browser, &seen).await;
            }
        }
    }
}
