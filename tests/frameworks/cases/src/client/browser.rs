//! A browser without pages: it stores cookies and sends them back, also those that need HTTPS.

use std::collections::BTreeMap;

use cookie::Cookie;
use http::{HeaderMap, Method, header};

use super::http1::{self, Response};

/// A clone has the same cookies, as another tab of the same browser has before a response arrives.
#[derive(Clone)]
pub struct Browser {
    address: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser without cookies, for a server at this host and port.
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: BTreeMap::new() }
    }

    /// Sends a request, and stores the cookies of the response. Redirects are not followed.
    pub async fn send(&mut self, method: &Method, path: &str) -> Response {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = http1::send(&self.address, method, path, &pairs.join("; ")).await;
        self.store(&response.headers);
        response
    }

    fn store(&mut self, headers: &HeaderMap) {
        for set_cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(set_cookie.to_str().unwrap()).unwrap();
            if cookie.max_age().is_some_and(cookie::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
