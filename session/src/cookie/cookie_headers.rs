//! The `Cookie` headers of one request.

use http::{HeaderMap, HeaderValue, header};

/// The `Cookie` headers of one request. There is rarely more than one.
#[derive(Clone, Default)]
pub(crate) struct CookieHeaders {
    pub(crate) first: Option<HeaderValue>,
    others: Vec<HeaderValue>,
}

impl CookieHeaders {
    pub(crate) fn from_request(request: &HeaderMap) -> Self {
        let first = request.get(header::COOKIE).cloned();
        // If no header name occurs twice, a second lookup is not needed.
        let others = if request.len() == request.keys_len() {
            Vec::new()
        } else {
            request.get_all(header::COOKIE).iter().skip(1).cloned().collect()
        };
        Self { first, others }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.first.iter().chain(&self.others)
    }
}
