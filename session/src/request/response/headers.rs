//! The headers that a session adds to its response, and the cache headers that it removes.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// A header that a session adds to its response.
///
/// The value can hold a token. `Debug` does not show it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseHeader {
    /// The name, in lower case.
    pub name: HeaderName,
    /// The value: printable ASCII, or empty.
    pub value: HeaderValue,
    /// True if the header is added to others with this name (`Set-Cookie`). False if it replaces them.
    pub is_appended: bool,
}

impl ResponseHeader {
    fn append(name: HeaderName, value: HeaderValue) -> Self {
        Self { name, value, is_appended: true }
    }

    fn replace(name: HeaderName, value: HeaderValue) -> Self {
        Self { name, value, is_appended: false }
    }

    /// The token header of the header transport.
    pub(super) fn token((name, value): (HeaderName, HeaderValue)) -> Self {
        Self::replace(name, value)
    }

    pub(super) fn set_cookie(value: HeaderValue) -> Self {
        Self::append(header::SET_COOKIE, value)
    }

    fn apply_to(self, response: &mut HeaderMap) {
        let Self { name, value, is_appended } = self;
        if is_appended {
            response.append(name, value);
        } else {
            response.insert(name, value);
        }
    }
}

/// The headers of a response that carry the session. Empty for most requests.
#[derive(Debug, Default)]
pub(crate) struct ResponseHeaders {
    pub(super) session: Option<ResponseHeader>,
    pub(super) state: Option<ResponseHeader>,
}

impl ResponseHeaders {
    pub(crate) fn is_empty(&self) -> bool {
        self.session.is_none() && self.state.is_none()
    }

    /// Returns the headers, with the one that keeps the response out of every cache: a cache must not hand one visitor's
    /// token to another (OWASP session management cheat sheet). This includes client state, and removals, which would log
    /// out everyone who receives them.
    pub(crate) fn into_headers(self) -> impl Iterator<Item = ResponseHeader> {
        let no_store = || ResponseHeader::replace(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let no_store = (!self.is_empty()).then(no_store);
        self.session.into_iter().chain(self.state).chain(no_store)
    }

    pub(crate) fn apply_to(self, response: &mut HeaderMap) {
        if self.is_empty() {
            return;
        }
        let targeted: Vec<HeaderName> = response.keys().filter(|name| is_cdn_header(name.as_str())).cloned().collect();
        for name in targeted {
            response.remove(name);
        }
        self.into_headers().for_each(|header| header.apply_to(response));
    }
}

/// Returns true for a header that a content delivery network obeys instead of `Cache-Control` (RFC 9213; W3C Edge
/// Architecture). The name may be in upper case.
pub(crate) fn is_cdn_header(name: &str) -> bool {
    const SUFFIX: &[u8] = b"cdn-cache-control";
    let start = name.len().saturating_sub(SUFFIX.len());
    name.eq_ignore_ascii_case("surrogate-control") || name.as_bytes()[start..].eq_ignore_ascii_case(SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_for_content_delivery_networks_are_recognized_in_every_case() {
        for name in ["surrogate-control", "Surrogate-Control", "CDN-Cache-Control", "cloudflare-cdn-cache-control"] {
            assert!(is_cdn_header(name), "{name}");
        }
        for name in ["cache-control", "cdn-cache-control-x", "surrogate", "", "é-cdn", "age"] {
            assert!(!is_cdn_header(name), "{name}");
        }
    }
}
