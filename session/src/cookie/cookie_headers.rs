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

    /// Copies the values of the `Cookie` headers of a request. A value that no header can have is ignored.
    pub(crate) fn from_bytes<'r>(values: impl IntoIterator<Item = &'r [u8]>) -> Self {
        let mut values = values.into_iter().filter_map(|value| HeaderValue::from_bytes(value).ok());
        Self { first: values.next(), others: values.collect() }
    }

    /// Copies the headers of a request, and marks those with our cookies as sensitive in the request.
    #[cfg(feature = "tower")]
    #[inline]
    pub(crate) fn hide_in_request(request: &mut HeaderMap, mut is_ours: impl FnMut(&[u8]) -> bool) -> Self {
        if request.len() != request.keys_len() {
            let cookies = request.iter_mut().filter(|(name, _)| **name == header::COOKIE);
            cookies.for_each(|(_, value)| value.set_sensitive(is_ours(value.as_bytes()) || value.is_sensitive()));
            return Self::from_request(request);
        }
        let first = request.get_mut(header::COOKIE).map(|value| {
            value.set_sensitive(is_ours(value.as_bytes()) || value.is_sensitive());
            value.clone()
        });
        Self { first, others: Vec::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.first.iter().chain(&self.others)
    }
}
