//! A client that keeps cookies.

use std::collections::BTreeMap;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::header::{COOKIE, HOST, HeaderMap, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use server::RunningServer;
use tokio::net::TcpStream;

/// A browser. Clones have the same cookies at first, as an attacker with stolen cookies.
#[derive(Clone)]
pub struct Browser {
    server: &'static RunningServer,
    pub cookies: BTreeMap<String, String>,
}

/// A response, with its cookies as a short text.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// The names of the cookies that the response sets, and with a `-` those that it removes.
    pub cookies: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Response {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Status and cookies.
    pub fn outcome(&self) -> (u16, &str) {
        (self.status, &self.cookies)
    }
}

impl Browser {
    /// Keeps the server until the process ends.
    pub fn new(server: RunningServer) -> Self {
        Self { server: Box::leak(Box::new(server)), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.send(Method::GET, path).await
    }

    pub async fn post(&mut self, path: &str) -> Response {
        self.send(Method::POST, path).await
    }

    pub async fn put(&mut self, path: &str) -> Response {
        self.send(Method::PUT, path).await
    }

    async fn send(&mut self, method: Method, path: &str) -> Response {
        let stream = TcpStream::connect(self.server.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        let request = match self.cookie_header() {
            Some(cookies) => request.header(COOKIE, cookies),
            None => request,
        };
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let cookies = self.store_cookies(&parts.headers);
        Response {
            status: parts.status.as_u16(),
            cookies,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    fn cookie_header(&self) -> Option<String> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!cookies.is_empty()).then(|| cookies.join("; "))
    }

    fn store_cookies(&mut self, headers: &HeaderMap) -> String {
        let changes = headers.get_all(SET_COOKIE).iter().map(|cookie| {
            let (cookie, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
                return format!("-{name}");
            }
            self.cookies.insert(name.to_owned(), value.to_owned());
            name.to_owned()
        });
        changes.collect::<Vec<_>>().join(" ")
    }
}
