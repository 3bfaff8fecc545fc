//! The library's middleware and a handler. The router is absent, since Pavex generates it.

use bench_common::{Subject, TEXT, each_key, shared_bytes, unique_text};
use pavex::Response;
use pavex::cookie::config::{CryptoAlgorithm, CryptoRule};
use pavex::cookie::{Key, Processor, ProcessorConfig, ResponseCookies};
use pavex::cookie::{extract_request_cookies, inject_response_cookies};
use pavex::http::header::{COOKIE, SET_COOKIE};
use pavex::http::{HeaderMap, HeaderValue, Method, Uri, Version};
use pavex::request::RequestHead;
use pavex_session::{IncomingSession, Session, SessionConfig, SessionStore, finalize_session};

pub struct App {
    store: SessionStore,
    config: SessionConfig,
    processor: Processor,
}

impl App {
    /// Encrypts the cookie. The library requires that it is encrypted or signed.
    pub fn new(store: impl Into<SessionStore>) -> Self {
        let config = SessionConfig::default();
        let mut cookies = ProcessorConfig::default();
        cookies.crypto_rules.push(CryptoRule {
            cookie_names: vec![config.cookie.name.clone()],
            algorithm: CryptoAlgorithm::Encryption,
            key: Key::generate(),
            fallbacks: Vec::new(),
        });
        Self { store: store.into(), config, processor: cookies.into() }
    }

    async fn respond(&self, head: &RequestHead) -> Option<Response> {
        let cookies = extract_request_cookies(head, &self.processor).ok()?;
        let incoming = IncomingSession::extract(&cookies, &self.config.cookie);
        let mut session = Session::new(&self.store, &self.config, incoming);
        handle(head.target.path(), &mut session).await?;
        let mut cookies = ResponseCookies::new();
        let response = finalize_session(Response::ok(), &mut cookies, &self.processor, session).await.ok()?;
        inject_response_cookies(response, cookies, &self.processor).ok()
    }
}

async fn handle(path: &str, session: &mut Session<'_>) -> Option<()> {
    match path {
        "/unused" => {}
        "/read" => read(session).await?,
        "/write" => write(session).await?,
        "/both" => {
            read(session).await?;
            write(session).await?;
        }
        "/login" => {
            session.cycle_id();
            write(session).await?;
        }
        seed => {
            for (key, datum) in each_key(seed.strip_prefix("/seed/")?.parse().ok()?) {
                session.insert(key, datum).await.ok()?;
            }
        }
    }
    Some(())
}

async fn read(session: &Session<'_>) -> Option<()> {
    session.get::<String>(TEXT).await.ok()?.map(drop)
}

async fn write(session: &mut Session<'_>) -> Option<()> {
    session.insert(TEXT, unique_text()).await.ok().map(drop)
}

impl Subject for App {
    type Response = Response;

    async fn call(&self, path: &str, cookies: &str) -> Response {
        let mut headers = HeaderMap::new();
        if !cookies.is_empty() {
            headers.insert(COOKIE, HeaderValue::from_maybe_shared(shared_bytes(cookies)).expect("a header"));
        }
        let target = Uri::from_maybe_shared(shared_bytes(path)).expect("a path");
        let head = RequestHead { method: Method::GET, target, version: Version::HTTP_11, headers };
        if path == "/bare" {
            return Response::ok();
        }
        self.respond(&head).await.unwrap_or_else(Response::internal_server_error)
    }

    fn is_ok(response: &Response) -> bool {
        response.status().is_success()
    }

    fn set_cookies(response: &Response) -> Vec<String> {
        let values = response.headers().get_all(SET_COOKIE).iter();
        values.map(|value| value.to_str().expect("a cookie is ASCII").to_owned()).collect()
    }
}
