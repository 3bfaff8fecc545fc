//! A client without pages: a browser that stores cookies, or an API client that stores a token.

use std::collections::BTreeMap;

use cookie::{Cookie, time};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use session::{HeaderConfig, Transport};

const TOKEN: HeaderName = HeaderName::from_static("session-token");

/// The way in which a client sends its token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientKind {
    #[default]
    Browser,
    /// `Session-Token`.
    Header,
    /// `Authorization: Bearer`.
    Bearer,
    /// `Session-Token` to an application that also accepts cookies.
    HeaderOfEither,
}

impl ClientKind {
    pub const ALL: [Self; 4] = [Self::Browser, Self::Header, Self::Bearer, Self::HeaderOfEither];

    pub fn transport(self) -> Transport {
        match self {
            Self::Browser => Transport::Cookies,
            Self::Header => Transport::Headers(HeaderConfig::new()),
            Self::Bearer => Transport::Headers(HeaderConfig::bearer()),
            Self::HeaderOfEither => Transport::Either(HeaderConfig::new()),
        }
    }
}

/// A cookie jar, or the token of an API client under the name of the session cookie. A clone is another browser with
/// stolen or restored cookies.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
    pub kind: ClientKind,
}

impl Browser {
    pub const SESSION: &str = "__Host-id";
    pub const STATE: &str = "__Host-id-state";

    /// The headers of the next request of this browser.
    pub fn request(&self) -> HeaderMap {
        match self.kind {
            ClientKind::Browser => self.cookie_request(),
            ClientKind::Header | ClientKind::Bearer | ClientKind::HeaderOfEither => self.header_request(),
        }
    }

    fn header_request(&self) -> HeaderMap {
        let token = self.cookies.get(Self::SESSION);
        let header = match (self.kind, token) {
            (ClientKind::Bearer, Some(token)) => (header::AUTHORIZATION, format!("Bearer {token}")),
            (_, Some(token)) => (TOKEN, token.clone()),
            (ClientKind::HeaderOfEither, None) => (TOKEN, String::new()),
            (_, None) => return HeaderMap::new(),
        };
        HeaderMap::from_iter([(header.0, HeaderValue::try_from(header.1).unwrap())])
    }

    fn cookie_request(&self) -> HeaderMap {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = HeaderMap::new();
        if !line.is_empty() {
            headers.insert(header::COOKIE, HeaderValue::try_from(line.join("; ")).unwrap());
        }
        headers
    }

    /// Stores the cookies or the token that a response sets, and removes the ones that it expires.
    pub fn keep(&mut self, response: &HeaderMap) {
        if self.kind != ClientKind::Browser {
            return self.keep_token(response);
        }
        assert!(!response.contains_key(TOKEN), "a browser gets no token in a header");
        for set_cookie in response.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(set_cookie.to_str().unwrap().to_owned()).unwrap();
            if cookie.max_age().is_some_and(time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }

    fn keep_token(&mut self, response: &HeaderMap) {
        assert!(!response.contains_key(header::SET_COOKIE), "an API client gets no cookie");
        match response.get(TOKEN).map(|value| value.to_str().unwrap()) {
            None => {}
            Some("") => drop(self.cookies.remove(Self::SESSION)),
            Some(token) => drop(self.cookies.insert(Self::SESSION.to_owned(), token.to_owned())),
        }
    }
}
