//! The cookies of one browser.

use std::collections::BTreeMap;

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};

/// The cookies of one browser. A clone is another tab: it does not see the cookies that the first one receives later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Returns the headers of a request.
    pub(super) fn request(&self) -> HeaderMap {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let value = HeaderValue::try_from(pairs.join("; ")).expect("stored cookies are valid header bytes");
        [(header::COOKIE, value)].into_iter().filter(|_| !self.cookies.is_empty()).collect()
    }

    /// Stores the cookies of a response.
    pub(super) fn store_cookies(&mut self, response: &HeaderMap) {
        for value in response.get_all(header::SET_COOKIE) {
            let value = value.to_str().expect("a cookie is ASCII text").to_owned();
            let cookie = Cookie::parse(value).expect("a `Set-Cookie` header is a valid cookie");
            if cookie.max_age().is_some_and(cookie::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
