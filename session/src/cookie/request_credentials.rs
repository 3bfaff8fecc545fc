//! The headers of one request that can carry its token: `Cookie`, or the header of the transport.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::transport::{HeaderConfig, Transport};

static COOKIE: HeaderName = header::COOKIE;

/// The transport of one request. Its response uses the same one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RequestTransport {
    #[default]
    Cookies,
    Header,
}

/// The headers of one request that can carry its token. There is rarely more than one.
#[derive(Clone, Default)]
pub(crate) struct RequestCredentials {
    pub(crate) transport: RequestTransport,
    pub(crate) first: Option<HeaderValue>,
    others: Vec<HeaderValue>,
}

impl RequestCredentials {
    #[inline]
    pub(crate) fn from_request(request: &HeaderMap, transport: &Transport) -> Self {
        match transport {
            Transport::Headers(header) => Self::from_header(request, header),
            Transport::Either(header) if request.contains_key(&header.request_name) => {
                Self::from_header(request, header)
            }
            Transport::Cookies | Transport::Either(_) => Self::from_named(request, &header::COOKIE),
        }
    }

    fn from_header(request: &HeaderMap, header: &HeaderConfig) -> Self {
        Self { transport: RequestTransport::Header, ..Self::from_named(request, &header.request_name) }
    }

    fn from_named(request: &HeaderMap, name: &HeaderName) -> Self {
        let first = request.get(name).cloned();
        // If no header name occurs twice, a second lookup is not needed.
        let others = if request.len() == request.keys_len() {
            Vec::new()
        } else {
            request.get_all(name).iter().skip(1).cloned().collect()
        };
        Self { transport: RequestTransport::Cookies, first, others }
    }

    /// Copies the values of the headers that can carry the token. A value that no header can have is ignored.
    pub(crate) fn from_values<'r, V>(values: impl Fn(&'r str) -> V, transport: &'r Transport) -> Self
    where
        V: IntoIterator<Item = &'r [u8]>,
    {
        if let Some(header) = transport.header() {
            let mut values = values(header.request_name.as_str()).into_iter().peekable();
            if values.peek().is_some() || matches!(transport, Transport::Headers(_)) {
                return Self::from_bytes(RequestTransport::Header, values);
            }
        }
        Self::from_bytes(RequestTransport::Cookies, values(COOKIE.as_str()))
    }

    fn from_bytes<'r>(transport: RequestTransport, values: impl IntoIterator<Item = &'r [u8]>) -> Self {
        let mut values = values.into_iter().filter_map(|value| HeaderValue::from_bytes(value).ok());
        Self { transport, first: values.next(), others: values.collect() }
    }

    /// Copies the headers of a request, and marks those that can hold a token as sensitive in the request.
    #[cfg(feature = "tower")]
    #[inline]
    pub(crate) fn hide_in_request(
        request: &mut HeaderMap,
        transport: &Transport,
        is_ours: impl FnMut(&[u8]) -> bool,
    ) -> Self {
        let Some(header) = transport.header() else { return Self::hide_cookies(request, is_ours) };
        let is_token = |name: &HeaderName| *name == header.request_name;
        request.iter_mut().filter(|(name, _)| is_token(name)).for_each(|(_, value)| value.set_sensitive(true));
        // The cookies are secret also in a request that uses the header.
        let cookies = Self::hide_cookies(request, is_ours);
        let has_header = request.contains_key(&header.request_name);
        if has_header || matches!(transport, Transport::Headers(_)) {
            Self::from_header(request, header)
        } else {
            cookies
        }
    }

    #[cfg(feature = "tower")]
    #[inline]
    fn hide_cookies(request: &mut HeaderMap, mut is_ours: impl FnMut(&[u8]) -> bool) -> Self {
        if request.len() != request.keys_len() {
            let cookies = request.iter_mut().filter(|(name, _)| **name == header::COOKIE);
            cookies.for_each(|(_, value)| value.set_sensitive(is_ours(value.as_bytes()) || value.is_sensitive()));
            return Self::from_named(request, &header::COOKIE);
        }
        let first = request.get_mut(header::COOKIE).map(|value| {
            value.set_sensitive(is_ours(value.as_bytes()) || value.is_sensitive());
            value.clone()
        });
        Self { transport: RequestTransport::Cookies, first, others: Vec::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.first.iter().chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "session-token";

    fn either() -> Transport {
        Transport::Either(HeaderConfig::new())
    }

    fn bytes(text: &str) -> &[u8] {
        text.as_bytes()
    }

    /// Both forms of a request: a header map, and values by name.
    fn credentials(headers: &[(&'static str, &str)], transport: &Transport) -> [RequestCredentials; 2] {
        let pairs = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let values = |wanted: &str| {
            let values = headers.iter().filter(|(name, _)| *name == wanted).map(|(_, value)| bytes(value));
            values.collect::<Vec<_>>()
        };
        let map: HeaderMap = pairs.collect();
        [RequestCredentials::from_request(&map, transport), RequestCredentials::from_values(values, transport)]
    }

    fn summary(credentials: &RequestCredentials) -> (RequestTransport, Vec<&str>) {
        (credentials.transport, credentials.iter().map(|value| value.to_str().unwrap()).collect())
    }

    #[test]
    fn a_request_with_the_header_is_a_header_request_even_if_the_value_is_empty() {
        for value in ["", "garbled", "a, b"] {
            for found in credentials(&[("cookie", "id=1"), (TOKEN, value)], &either()) {
                assert_eq!(summary(&found), (RequestTransport::Header, vec![value]));
            }
        }
        for headers in [&[("cookie", "id=1")][..], &[("cookie", "id=1"), ("authorization", "Bearer x.y.z")]] {
            for found in credentials(headers, &either()) {
                assert_eq!(summary(&found), (RequestTransport::Cookies, vec!["id=1"]));
            }
        }
    }

    #[test]
    fn with_headers_alone_cookies_are_not_read_and_with_cookies_alone_headers_are_not_read() {
        let both = [("cookie", "id=1"), (TOKEN, "a"), (TOKEN, "b")];
        for found in credentials(&both, &Transport::Headers(HeaderConfig::new())) {
            assert_eq!(summary(&found), (RequestTransport::Header, vec!["a", "b"]));
        }
        for found in credentials(&both, &Transport::Cookies) {
            assert_eq!(summary(&found), (RequestTransport::Cookies, vec!["id=1"]));
        }
        for found in credentials(&[("cookie", "id=1")], &Transport::Headers(HeaderConfig::new())) {
            assert_eq!(summary(&found), (RequestTransport::Header, Vec::new()));
        }
    }

    #[test]
    fn a_header_with_invalid_bytes_is_still_a_header_request() {
        let values = |name: &str| if name == TOKEN { Some(&b"a\0b"[..]) } else { Some(&b"id=1"[..]) };
        let found = RequestCredentials::from_values(values, &either());
        assert_eq!(summary(&found), (RequestTransport::Header, Vec::new()));
    }

    #[cfg(feature = "tower")]
    #[test]
    fn token_and_cookies_become_sensitive_in_the_request() {
        for transport in [either(), Transport::Headers(HeaderConfig::bearer())] {
            let name = transport.header().unwrap().request_name.clone();
            let pairs = [(name.clone(), "a"), (name, "b"), (header::COOKIE, "id=1"), (header::ACCEPT, "*/*")];
            let mut request: HeaderMap =
                pairs.map(|(name, value)| (name, value.parse().unwrap())).into_iter().collect();
            let found = RequestCredentials::hide_in_request(&mut request, &transport, |cookies| cookies == b"id=1");
            assert_eq!(summary(&found), (RequestTransport::Header, vec!["a", "b"]));
            for (name, value) in &request {
                assert_eq!(value.is_sensitive(), *name != header::ACCEPT, "{name}");
            }
        }
    }
}
