//! The session of one request, for framework integrations: its start, its handles, and its end.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "_middleware")]
use std::sync::atomic::Ordering;

use http::{HeaderMap, HeaderName};

use crate::cookie::request_credentials::RequestCredentials;
use crate::error::Error;
use crate::request::response::failure_rule::{GRPC_STATUS, is_failed_response};
use crate::request::session_inner::SessionInner;
use crate::session::ended_request::EndedRequest;
use crate::session::handle::Session;
use crate::session::manager::session_manager::SessionManager;

/// The session of one request, for framework integrations. Cheap to clone.
///
/// An integration begins it before the handler runs ([`SessionManager::begin`]), stores a clone where the framework keeps
/// the data of a request, and ends it with the response ([`end`](Self::end)). Extractors return its
/// [`session`](Self::session). `session::tower`, `session::axum` and `session::actix` are such integrations.
///
/// A middleware for any server with the types of the `http` crate:
///
/// ```
/// # use session::{RequestSession, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// use http::{HeaderValue, Request, Response};
///
/// async fn with_session(manager: &SessionManager, mut request: Request<()>) -> Response<String> {
///     let session = manager.begin(request.headers()).with_method(request.method().as_str());
///     let _guard = session.cancel_guard(); // a client that disconnects is no reason for a warning
///     request.extensions_mut().insert(session.clone());
///     let mut response = handle(request).await;
///
///     let status = response.status().as_u16();
///     let ended = session.end(status, |name| response.headers().get(name).map(HeaderValue::as_bytes)).await;
///     if let Some(error) = ended.error() {
///         // The response may state that data was saved.
///         response = Response::new("Please try again.".to_owned());
///         *response.status_mut() = error.status();
///     }
///     ended.apply_to(response.headers_mut());
///     response
/// }
///
/// async fn handle(request: Request<()>) -> Response<String> {
///     let mut session = request.extensions().get::<RequestSession>().expect("the middleware stored it").session();
///     session.insert("visited", true).await.expect("a boolean is valid JSON");
///     Response::new("Hello".to_owned())
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// let response = with_session(&manager, Request::new(())).await;
/// assert!(response.headers()["set-cookie"].to_str().unwrap().starts_with("__Host-id="));
/// # });
/// ```
///
/// If it is dropped without `end` although the request changed its session, a warning is logged.
#[derive(Clone)]
pub struct RequestSession(Arc<SessionInner>);

/// The start of a request.
impl SessionManager {
    /// Begins the session of a request. Does no I/O and never fails.
    ///
    /// A token that is missing, expired, or does not decrypt gives a new session. Call this once per request: two calls
    /// are two requests, even with the same headers.
    pub fn begin(&self, request: &HeaderMap) -> RequestSession {
        let credentials = RequestCredentials::from_request(request, &self.inner().config.transport);
        let header = |name: &'static HeaderName| request.get(name).map(http::HeaderValue::as_bytes);
        self.begin_with(credentials, header)
    }

    /// Begins the session of a request whose headers are not an [`http::HeaderMap`]. Does no I/O and never fails.
    ///
    /// `values` returns all values of a request header by its lower-case name. It is called for a few names, and only the
    /// values of `cookie`, or of the header of the [transport](crate::Transport), are copied. To copy nothing for a request
    /// that does not use its session, call this when the first extractor needs the session.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// let headers = [("Host", "shop.example"), ("Cookie", "theme=dark; __Host-id=…")];
    /// let session = manager.begin_from(|name| {
    ///     headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_bytes())
    /// });
    /// assert!(session.session().id().is_none(), "the cookie does not decrypt");
    /// ```
    pub fn begin_from<'r, V>(&'r self, values: impl Fn(&'r str) -> V) -> RequestSession
    where
        V: IntoIterator<Item = &'r [u8]>,
    {
        let credentials = RequestCredentials::from_values(&values, &self.inner().config.transport);
        self.begin_with(credentials, |name| values(name.as_str()).into_iter().next())
    }

    fn begin_with<'r>(
        &self,
        credentials: RequestCredentials,
        header: impl Fn(&'static HeaderName) -> Option<&'r [u8]>,
    ) -> RequestSession {
        let manager = self.inner();
        manager.warnings.warn_of_plain_http(&manager.cookies, &header, &credentials);
        self.begin_unchecked(credentials)
    }

    /// Begins the session of a layer's request. The headers with our cookies and the header of the transport become
    /// sensitive, so that layers inside do not log them.
    #[cfg(feature = "tower")]
    pub(crate) fn begin_in_layer(&self, request: &mut HeaderMap) -> RequestSession {
        let manager = self.inner();
        let mut has_our_cookie = false;
        let credentials = RequestCredentials::hide_in_request(request, &manager.config.transport, |header| {
            let is_ours = manager.cookies.are_in(header);
            has_our_cookie |= is_ours;
            is_ours
        });
        // A browser that sends our cookie has accepted the cookie.
        if has_our_cookie {
            return self.begin_unchecked(credentials);
        }
        self.begin_with(credentials, |name| request.get(name).map(http::HeaderValue::as_bytes))
    }

    #[inline]
    fn begin_unchecked(&self, credentials: RequestCredentials) -> RequestSession {
        RequestSession(Arc::new(SessionInner::new(Arc::clone(self.inner()), credentials)))
    }
}

impl RequestSession {
    /// Sets the method of the request, in upper case. Call it directly after [`SessionManager::begin`].
    ///
    /// In a `HEAD` request, `take_…` of a flash field returns the message and keeps it. Frameworks run the handler of `GET` for
    /// `HEAD`, but the client does not get the page.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(flash)]
    ///     notice: String,
    /// }
    ///
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// # session.typed_mut::<Visitor>().set_notice("Saved.".to_owned())?;
    /// # let mut response = http::HeaderMap::new();
    /// # session.finalize(&mut response).await?;
    /// # let cookie: http::HeaderValue = response["set-cookie"].to_str().unwrap().split(';').next().unwrap().parse().unwrap();
    /// # let request = http::Request::builder().method("HEAD").header("cookie", cookie).body(()).unwrap();
    /// for _ in 0..2 {
    ///     let head = manager.begin(request.headers()).with_method(request.method().as_str());
    ///     assert_eq!(head.session().typed_mut::<Visitor>().take_notice().await?.as_deref(), Some("Saved."));
    ///     assert!(head.end(200, |_| None).await.is_empty());
    /// }
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    #[must_use = "it returns the session of the request"]
    pub fn with_method(self, method: &str) -> Self {
        if method == "HEAD" {
            self.0.mark_head();
        }
        self
    }

    /// Returns a handle to the session, for extractors and middleware.
    pub fn session(&self) -> Session {
        Session::new(Arc::clone(&self.0))
    }

    /// Returns true if `manager` or a clone of it began this session.
    ///
    /// A middleware inside of another one of the same manager then uses the session of the outer middleware, which also
    /// ends it.
    pub fn is_managed_by(&self, manager: &SessionManager) -> bool {
        Arc::ptr_eq(&self.0.manager, manager.inner())
    }

    /// Loads the session before client state of a record is trusted, like
    /// [`open_verified`](SessionManager::open_verified). Costs one load if there is a token.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn verify(&self) -> Result<(), Error> {
        if self.0.require_verification() { self.0.load().await } else { Ok(()) }
    }

    /// Returns a guard that marks the request as cancelled if the request is dropped before it ends.
    ///
    /// The changes of a dropped request are discarded. Without a guard, each such request with changes logs a warning, because
    /// an integration that forgets [`end`](Self::end) looks the same. Keep the guard until `end` has returned. A framework
    /// that completes a request after the client disconnected needs none.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// let session = manager.begin(&http::HeaderMap::new());
    /// let _guard = session.cancel_guard();
    /// // The client can disconnect while the handler runs and during the commit. The server then drops this future.
    /// session.session().insert("user.id", 7).await?;
    /// let ended = session.end(200, |_| None).await;
    /// # assert!(!ended.is_empty());
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    #[must_use = "the guard must be kept until the request has ended"]
    pub fn cancel_guard(&self) -> CancelGuard {
        CancelGuard::new(self.clone())
    }

    /// Ends the request: commits the session, and returns the headers for the response.
    ///
    /// Costs at most one commit, and nothing if the session did not change. The rules are those of all integrations:
    ///
    /// - The request failed if `status` is 5xx or 408, or if the `grpc-status` header stands for one of them (1, 2, 4, 12,
    ///   13, 14, 15). Then only a deletion is committed ([`Session::abandon`]).
    /// - If the commit fails, the error is logged. [`EndedRequest::error`] returns it unless the request failed anyway.
    /// - If the store could not be reached, and the handler did not return the error, a warning is logged.
    /// - The headers must be added to the response in every case: they also carry the tokens of earlier commits.
    ///
    /// `header` returns the value of a response header by its lower-case name. If the service returned no response, use
    /// status 500. For an [`Error`] that a handler returned, call [`fail`](Self::fail).
    pub async fn end<'r>(self, status: u16, header: impl Fn(&str) -> Option<&'r [u8]>) -> EndedRequest {
        let is_failed = is_failed_response(status, header(GRPC_STATUS));
        self.end_as(is_failed, None).await
    }

    /// Ends a request whose handler returned a session error: logs the error, and commits only a deletion.
    ///
    /// Returns the headers for the response. Costs one store operation if the request deleted its session.
    pub async fn fail(self, error: &Error) -> EndedRequest {
        error.log();
        self.end_as(true, Some(error)).await
    }

    /// `handler_error` is the session error that the handler returned. It is logged already.
    pub(crate) async fn end_as(self, is_failed: bool, handler_error: Option<&Error>) -> EndedRequest {
        let is_failed = is_failed || handler_error.is_some();
        let (headers, result) = if is_failed { self.0.abandon().await } else { self.0.finalize().await };
        self.0.record_id_on_span();
        let error = result.err();
        if let Some(error) = &error {
            error.log();
        }
        // The handler may have converted the error to one of the application.
        if let Some(cause) = self.0.take_unlogged_store_error()
            && error.is_none()
            && handler_error.is_none()
        {
            tracing::warn!(cause, "the store could not be reached, and the handler did not return the session error");
        }
        // The response of a failed request already reports a failure.
        EndedRequest::new(headers, error.filter(|_| !is_failed))
    }
}

impl fmt::Debug for RequestSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSession").finish_non_exhaustive()
    }
}

/// The guard of [`RequestSession::cancel_guard`].
#[derive(Debug, Default)]
pub struct CancelGuard(Option<RequestSession>);

impl CancelGuard {
    #[inline]
    pub(crate) fn new(session: RequestSession) -> Self {
        Self(Some(session))
    }
}

#[cfg(feature = "_middleware")]
impl CancelGuard {
    #[inline]
    pub(crate) fn session(&self) -> &RequestSession {
        self.0.as_ref().expect("a completed future is not polled again")
    }

    #[inline]
    pub(crate) fn complete(&mut self) {
        self.0 = None;
    }
}

impl Drop for CancelGuard {
    /// After the end of the request, the mark has no effect.
    #[inline]
    fn drop(&mut self) {
        if let Some(session) = &self.0 {
            session.0.mark_cancelled();
        }
    }
}

/// For the middleware of this crate.
#[cfg(feature = "_middleware")]
impl RequestSession {
    #[cfg(feature = "tower")]
    pub(crate) fn manager(&self) -> &Arc<crate::request::manager_inner::ManagerInner> {
        &self.0.manager
    }

    pub(crate) fn inner(&self) -> &Arc<SessionInner> {
        &self.0
    }

    #[cfg(feature = "actix")]
    pub(crate) fn from_inner(inner: Arc<SessionInner>) -> Self {
        Self(inner)
    }

    /// Ends a request that has nothing to commit and needs no header. Returns false if it has.
    #[inline]
    pub(crate) fn end_if_nothing_to_send(&self) -> bool {
        if self.0.is_unused() {
            return true;
        }
        let ends = !self.has_store_error() && self.0.finalize_if_nothing_to_send();
        if ends {
            self.0.record_id_on_span();
        }
        ends
    }

    /// Returns true if the end of the request must log an unreachable store, unless the handler returned the error.
    #[inline]
    fn has_store_error(&self) -> bool {
        self.0.is_store_unavailable.load(Ordering::Relaxed)
    }
}
