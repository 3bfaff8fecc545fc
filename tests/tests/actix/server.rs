//! A real server for the tests of this program.

use std::net::SocketAddr;
use std::sync::mpsc;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::middleware::Condition;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// A server with the routes of most tests. It stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
}

/// Starts a server with one worker, in a thread of its own.
pub(crate) fn serve(app: &TestApp, configure: impl Configure) -> Server {
    start(app, true, true, configure)
}

/// Starts a server that stops a handler if the client closes its side of the connection. By default, actix-web runs the
/// handler to its end.
pub(crate) fn serve_without_half_closed(app: &TestApp, configure: impl Configure) -> Server {
    start(app, true, false, configure)
}

/// Starts a server whose `App` has no session middleware. Its scopes and resources may have it.
pub(crate) fn serve_without_middleware(app: &TestApp, configure: impl Configure) -> Server {
    start(app, false, true, configure)
}

pub(crate) trait Configure: Fn(&mut web::ServiceConfig) + Clone + Send + 'static {}
impl<F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static> Configure for F {}

fn start(app: &TestApp, has_middleware: bool, allow_half_closed: bool, configure: impl Configure) -> Server {
    let (sender, started) = mpsc::channel();
    let sessions = middleware(app);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let sessions = Condition::new(has_middleware, sessions.clone());
                App::new().configure(routes).configure(configure.clone()).wrap(sessions)
            };
            let server = HttpServer::new(app)
                .workers(1)
                .disable_signals()
                .h1_allow_half_closed(allow_half_closed)
                .bind("127.0.0.1:0")
                .unwrap();
            let address = server.addrs()[0];
            let server = server.run();
            sender.send((address, server.handle())).unwrap();
            server.await.unwrap();
        });
    });
    let (address, handle) = started.recv().unwrap();
    Server { address, handle }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server stops although the future is dropped.
        drop(self.handle.stop(false));
    }
}

impl Server {
    pub(crate) async fn connect(&self, request: &str) -> TcpStream {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        connection
    }

    /// Sends a request on a connection of its own, and returns the whole response.
    pub(crate) async fn get(&self, path: &str, cookie: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
        let mut response = String::new();
        self.connect(&request).await.read_to_string(&mut response).await.unwrap();
        response
    }

    /// Returns the cookie of a session with the value 1 at the key `a`.
    pub(crate) async fn session(&self) -> String {
        let response = self.get("/write/a/1", "").await;
        let (_, cookie) = response.split_once("set-cookie: ").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}
