//! A browser without pages: it stores cookies and sends them back.

use std::collections::BTreeMap;

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};

/// A cookie jar. A clone is another browser with stolen or restored cookies.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub const SESSION: &str = "__Host-id";
    pub const STATE: &str = "__Host-id-state";

    /// The headers of the next request of this browser.
    pub fn request(&self) -> HeaderMap {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = HeaderMap::new();
        if !line.is_empty() {
            headers.insert(header::COOKIE, HeaderValue::try_from(line.join("; ")).unwrap());
        }
        headers
    }

    /// Stores the cookies that a response sets, and removes the ones that it expires.
    pub fn keep(&mut self, response: &HeaderMap) {
        for set_cookie in response.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(set_cookie.to_str().unwrap().to_owned()).unwrap();
            if cookie.max_age().is_some_and(cookie::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
