//! The end of a request: the headers for its response, and the error of a failed commit.

use http::HeaderMap;

use crate::error::Error;
use crate::request::response::headers::{ResponseHeader, ResponseHeaders, is_cdn_header};

/// The result of [`RequestSession::end`](crate::RequestSession::end): the headers for the response, and the error of a
/// failed commit.
///
/// For a response with an [`http::HeaderMap`], call [`apply_to`](Self::apply_to). For other header maps:
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let request = manager.begin(&http::HeaderMap::new());
/// # request.session().insert("user.id", 7).await?;
/// let mut response: Vec<(String, String)> = vec![("cache-control".into(), "public".into()), ("age".into(), "7".into())];
///
/// let ended = request.end(200, |_| None).await;
/// response.retain(|(name, _)| !ended.removes(name));
/// for header in ended.into_headers() {
///     if !header.is_appended {
///         response.retain(|(name, _)| !name.eq_ignore_ascii_case(header.name.as_str()));
///     }
///     let value = header.value.to_str().expect("the value is printable ASCII");
///     response.push((header.name.to_string(), value.to_owned()));
/// }
/// let names: Vec<&str> = response.iter().map(|(name, _)| &**name).collect();
/// assert_eq!(names, ["age", "set-cookie", "cache-control"]);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "the headers carry the session to the client"]
pub struct EndedRequest {
    headers: ResponseHeaders,
    error: Option<Error>,
}

impl EndedRequest {
    pub(crate) fn new(headers: ResponseHeaders, error: Option<Error>) -> Self {
        Self { headers, error }
    }

    /// Returns the error of a commit that failed after a successful response. It is logged already.
    ///
    /// Replace the response, because it may state that data was saved: send the [status](crate::ErrorKind::status) of the
    /// error's kind. The headers belong to the new response too.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Returns true if the session adds no header to the response. Most requests add none.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// Returns true if a header of this name must be removed from the response: `Surrogate-Control` and every
    /// `*CDN-Cache-Control`, if the response carries the session. They would override `Cache-Control: no-store`.
    pub fn removes(&self, name: &str) -> bool {
        !self.headers.is_empty() && is_cdn_header(name)
    }

    /// Returns the headers for the response, at most four.
    pub fn into_headers(self) -> impl Iterator<Item = ResponseHeader> {
        self.headers.into_headers()
    }

    /// Adds the headers to a response, and removes the cache headers that would override them.
    pub fn apply_to(self, response: &mut HeaderMap) {
        self.headers.apply_to(response);
    }
}

#[cfg(feature = "_middleware")]
impl EndedRequest {
    pub(crate) fn into_parts(self) -> (ResponseHeaders, Option<Error>) {
        (self.headers, self.error)
    }
}
