//! The tower layer: opens the session before the handler runs, and finalizes it before the response is sent.
//!
//! In axum, use [`session::axum::SessionLayer`](../axum/struct.SessionLayer.html).
//!
//! # Order of layers
//!
//! In axum, a layer is outside of the routes and layers that were added before it. In a `ServiceBuilder`, a layer is outside
//! of the layers that follow. Recommended, from the outside: tracing, CORS, compression, **sessions**, caught panics,
//! timeouts, middleware that uses the session, handlers.
//!
//! | layer | relative to the session layer |
//! | --- | --- |
//! | middleware that uses the session | inside |
//! | `CorsLayer` | outside: the responses to session errors then have CORS headers |
//! | `TraceLayer` | outside: it then logs the final status, also of a failed commit |
//! | `CompressionLayer` | either |
//! | `CatchPanicLayer` | inside: its 500 is a failure, and cookies of earlier commits are sent |
//! | `TimeoutLayer` | inside: 408 and 504 are failures, and the commit is not interrupted |
//!
//! ```text
//! ServiceBuilder::new() // the first layer is the outermost one; in axum, pass it to `Router::layer`
//!     .layer(TraceLayer::new_for_http())
//!     .layer(CorsLayer::permissive())
//!     .layer(CompressionLayer::new())
//!     .layer(SessionLayer::new(manager))
//!     .layer(CatchPanicLayer::new())
//!     .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(10)))
//! ```
//!
//! - A `TimeoutLayer` outside drops the request, and so does a client that disconnects. The pending changes are then
//!   discarded without a log line. Only a commit that is already running may be stored. The same applies to a panic that a
//!   `CatchPanicLayer` outside catches.
//! - tower-http's `CorsLayer` directly around `TraceLayer` does not compile, also without this layer, because it needs a body
//!   with `Default`. Put it inside of `TraceLayer`.
//! - The layer marks the request's `Cookie` header with our cookies as sensitive. Layers inside of it then do not print the
//!   header. For a `TraceLayer` outside that logs headers, add a `SetSensitiveRequestHeadersLayer` outside of it.
//! - The trailers of a gRPC response are sent after the commit. A stream that fails later, with a `grpc-status` only in its
//!   trailers, has committed. A call that returns a `Status` instead of a response has its `grpc-status` in the headers.

mod end_settings;
mod error_response;
pub(in crate::integrations) mod layer_settings;
pub(in crate::integrations) mod request_extension;
mod request_future;

use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

pub use self::error_response::error_response;
use self::layer_settings::LayerSettings;
pub use self::request_extension::session;
pub use self::request_future::SessionFuture;
pub use crate::integrations::end_request::is_failure;
use crate::integrations::failure::FailureHandler;
pub use crate::integrations::failure::{EmptyResponse, Failure};
use crate::session::manager::session_manager::SessionManager;

/// Provides a [`Session`](crate::Session) for every request, in front of any tower service.
///
/// Opening a session does no I/O, and a request that does not use its session costs no store operation. After the service
/// has responded, the layer commits the session and appends the cookies.
///
/// It commits only a deletion ([`Session::abandon`](crate::Session::abandon)) if the request failed: the response is a
/// [failure](is_failure) (5xx, 408, or their `grpc-status`), a handler returned an [`Error`](crate::Error), or the service
/// failed. It commits nothing if the request's future is dropped, because the client disconnected or a layer outside timed
/// out.
///
/// A layer inside of another layer of the same manager uses the outer layer's session. Its `fails_if` has no effect, and its
/// `on_error` applies only to its verification. Two managers in one application need different cookie names
/// ([`CookieConfig::name`](crate::CookieConfig::name)).
///
/// If the service returns `Err`, there is no response: the cookies of an earlier `sync` or `update` cannot be sent. For a
/// session error, return the response of [`error_response`] instead.
///
/// The [module](self#order-of-layers) describes the order of layers.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore, tower::SessionLayer};
/// # use http::{Request, Response};
/// # use tower::ServiceBuilder;
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// async fn greet(request: Request<String>) -> Result<Response<String>, session::Error> {
///     let mut session = session::tower::session(request.extensions())?;
///     session.insert("greeted", true).await?;
///     Ok(Response::new("Hello".to_owned()))
/// }
///
/// let service = ServiceBuilder::new().layer(SessionLayer::new(manager)).service_fn(greet);
/// # fn accepts(service: impl tower::Service<Request<String>>) {}
/// # accepts(service);
/// ```
#[derive(Clone, Debug)]
pub struct SessionLayer<E = EmptyResponse>(LayerSettings<E>);

impl SessionLayer {
    /// Creates a layer for the sessions of a manager.
    ///
    /// If a session operation fails, the response has the [status](crate::Error::status) of the error and an empty
    /// body, `B::default()`. This applies to a handler that returns its error, and to the commit afterwards. The cause is logged.
    pub fn new(manager: SessionManager) -> Self {
        Self(LayerSettings::new(manager))
    }
}

impl<E> SessionLayer<E> {
    /// Loads the session before the handler runs, like [`open_verified`](SessionManager::open_verified).
    ///
    /// Without it, client state of a record is trusted until the request finds the record ended. A handler that reads only
    /// client state then trusts client state that is replayed after a logout.
    ///
    /// Costs one load for each request with a session cookie; the request needs no second load. If the store could not be
    /// reached, the handler does not run, and the response is the one for the [error](crate::ErrorKind::Store). Inside of
    /// another layer of the same manager, it applies to the inner routes.
    #[must_use]
    pub fn verified(self) -> Self {
        Self(self.0.verified())
    }

    /// Sets the response to a failed session operation, instead of the error's status and an empty body. The cause is
    /// always logged.
    ///
    /// [`Failure`] has the error, and the handler's response if the commit failed after it. Cookies of earlier commits are
    /// added to every response.
    ///
    /// An error that a handler converts to the application's own type is not seen by the layer: `on_error` is not called.
    /// If your error type does not use the response of [`error_response`], the layer does not know that the request failed.
    /// Pending changes are then committed unless the status is 5xx or 408, and only an unreachable store is logged. Use that response, respond
    /// with such a status, or set [`fails_if`](Self::fails_if).
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore, tower::SessionLayer};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// let layer = SessionLayer::new(manager).on_error(|failure| {
    ///     let mut response = http::Response::new(failure.error().to_string());
    ///     *response.status_mut() = failure.error().status();
    ///     response
    /// });
    /// ```
    #[must_use]
    pub fn on_error<F, B>(self, on_error: F) -> SessionLayer<F>
    where
        F: Fn(Failure<Response<B>>) -> Response<B> + Clone,
    {
        SessionLayer(self.0.on_error(on_error))
    }

    /// Sets the rule for failed requests, which replaces [`is_failure`]. Only a deletion is committed if it returns true.
    ///
    /// A request also fails if its handler returned an [`Error`](crate::Error), or if the service failed.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore, tower::{self, SessionLayer}};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// let layer = SessionLayer::new(manager)
    ///     .fails_if(|status, headers| tower::is_failure(status, headers) || status == http::StatusCode::CONFLICT);
    /// ```
    #[must_use]
    pub fn fails_if(self, fails: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        Self(self.0.fails_if(fails))
    }
}

impl<S, E: Clone> Layer<S> for SessionLayer<E> {
    type Service = SessionService<S, E>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, settings: self.0.clone() }
    }
}

/// The service of a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S, E = EmptyResponse> {
    inner: S,
    settings: LayerSettings<E>,
}

impl<S, E, B, R> Service<Request<B>> for SessionService<S, E>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Send + 'static,
    E: FailureHandler<R> + Send + 'static,
    R: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future, E, Response<R>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let started = self.settings.start(&mut request);
        SessionFuture::new(started, self.inner.call(request))
    }
}
