//! The layer for axum: the tower layer, with responses of axum.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::{HeaderMap, Request, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::integrations::failure::FailureHandler;
use crate::integrations::tower::SessionFuture;
use crate::integrations::tower::layer_settings::LayerSettings;
use crate::session::manager::session_manager::SessionManager;

/// A failed session operation with axum's response, the argument of [`SessionLayer::on_error`].
pub type Failure = crate::integrations::failure::Failure<Response>;

/// Provides a [`Session`](crate::Session) for every request, in a router or around any service whose responses axum can send.
///
/// The service inside can have any response body: the layer fits into one `ServiceBuilder` with the layers of tower-http.
/// Its own responses have axum's [`Body`].
///
/// Opening a session does no I/O, and a request that does not use its session costs no store operation. After the service
/// has responded, the layer commits the session and appends the cookies.
///
/// It commits only a deletion ([`Session::abandon`](crate::Session::abandon)) if the request failed: the response is a [failure](super::is_failure) (5xx,
/// 408, or their `grpc-status`), or a handler returned an [`Error`](crate::Error). It commits nothing if the request's future is dropped,
/// because the client disconnected or a layer outside timed out.
///
/// A layer inside of another layer of the same manager uses the outer layer's session. Its `fails_if` has no effect, and its
/// `on_error` applies only to its verification. Two managers in one application need different cookie names
/// ([`CookieConfig::name`](crate::CookieConfig::name)).
///
/// Add tracing, CORS and compression outside of this layer, and timeouts and caught panics inside of it. See
/// [the order of layers](crate::tower#order-of-layers).
///
/// ```
/// # use session::{SecretKey, Session, SessionConfig, SessionManager, axum::SessionLayer, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # async fn hello(session: Session) {}
/// let layer = SessionLayer::new(manager);
/// let app: axum::Router = axum::Router::new().route("/", axum::routing::get(hello)).layer(layer);
/// ```
#[derive(Clone, Debug)]
pub struct SessionLayer(LayerSettings<CustomResponse>);

impl SessionLayer {
    /// Creates a layer for the sessions of a manager.
    ///
    /// If a session operation fails, the response has the [status](crate::Error::status) of the error and an empty
    /// body. This applies to a handler that returns its error, and to the commit afterwards. The cause is logged.
    pub fn new(manager: SessionManager) -> Self {
        Self(LayerSettings::new(manager))
    }

    /// Loads the session before the handler runs, like [`open_verified`](SessionManager::open_verified).
    ///
    /// Without it, client state of a record is trusted until the request finds the record ended. A handler that reads only
    /// client state then trusts client state that is replayed after a logout.
    ///
    /// Costs one load for each request with a session cookie; the request needs no second load. If the store could not be
    /// reached, the handler does not run, and the response is the one for the [error](crate::ErrorKind::Store). Inside of
    /// another layer of the same manager, it applies to the inner routes.
    ///
    /// ```
    /// # use session::{SecretKey, Session, SessionConfig, SessionManager, axum::SessionLayer, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # async fn draft(session: Session) {}
    /// let layer = SessionLayer::new(manager).verified();
    /// let app: axum::Router = axum::Router::new().route("/draft", axum::routing::get(draft)).layer(layer);
    /// ```
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
    /// See [the example below](#an-error-type-of-the-application).
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// # use session::{ErrorKind, SecretKey, Session, SessionConfig, SessionManager, axum::SessionLayer, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    ///
    /// let layer = SessionLayer::new(manager).on_error(|failure| match failure.error().kind() {
    ///     ErrorKind::Ended => axum::response::Redirect::to("/login").into_response(),
    ///     ErrorKind::Store => (failure.error().status(), "Please try again in a minute.").into_response(),
    ///     _ => failure.default_response(),
    /// });
    /// ```
    ///
    /// # An error type of the application
    ///
    /// If your error type does not use the response of [`Error`](crate::Error), the layer does not know that the request failed. Pending
    /// changes are then committed unless the status is 5xx or 408, and only an unreachable store is logged. Keep that response, and replace its
    /// body:
    ///
    /// ```
    /// use axum::response::{IntoResponse, Response};
    ///
    /// enum AppError {
    ///     Session(session::Error),
    ///     NotFound,
    /// }
    ///
    /// impl IntoResponse for AppError {
    ///     fn into_response(self) -> Response {
    ///         match self {
    ///             Self::Session(error) => {
    ///                 let mut response = error.into_response(); // the layer recognizes it, and the cause is logged
    ///                 *response.body_mut() = "Please try again.".into();
    ///                 response
    ///             }
    ///             Self::NotFound => http::StatusCode::NOT_FOUND.into_response(),
    ///         }
    ///     }
    /// }
    /// # assert_eq!(AppError::NotFound.into_response().status(), 404);
    /// # let _ = AppError::Session;
    /// ```
    ///
    /// # Keeping a response whose commit failed
    ///
    /// The page of an article counts its visits in the session. The page is right without the count, so the handler marks
    /// it. Other responses could state that data was saved, and are replaced.
    ///
    /// ```
    /// use axum::Extension;
    /// use axum::response::{IntoResponse, Response};
    /// use session::axum::{Failure, SessionLayer};
    /// # use session::{SecretKey, Session, SessionConfig, SessionManager, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    ///
    /// /// Marks a response that is right even if the session was not stored.
    /// #[derive(Clone)]
    /// struct OptionalCommit;
    ///
    /// async fn article(mut session: Session) -> Result<impl IntoResponse, session::Error> {
    ///     let visits = session.get("visits").await?.unwrap_or(0) + 1;
    ///     session.insert("visits", visits).await?;
    ///     Ok((Extension(OptionalCommit), "the article"))
    /// }
    ///
    /// fn is_marked(page: &Response) -> bool {
    ///     page.extensions().get::<OptionalCommit>().is_some()
    /// }
    ///
    /// let layer = SessionLayer::new(manager)
    ///     .on_error(|failure| failure.keep_response_if(is_marked).unwrap_or_else(Failure::default_response));
    /// # let app: axum::Router = axum::Router::new().route("/", axum::routing::get(article)).layer(layer);
    /// ```
    #[must_use]
    pub fn on_error<F, R>(self, on_error: F) -> Self
    where
        F: Fn(Failure) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        let respond = move |failure| on_error(failure).into_response();
        Self(self.0.on_error(CustomResponse(Some(Arc::new(respond)))))
    }

    /// Sets the rule for failed requests, which replaces [`is_failure`](super::is_failure). Only a deletion is committed if it returns true.
    ///
    /// A request also fails if its handler returned an [`Error`](crate::Error). An error type of the application needs
    /// [the response of that error](Self::on_error), or a status that this rule accepts.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, axum::SessionLayer, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// use session::axum::is_failure;
    ///
    /// let layer = SessionLayer::new(manager)
    ///     .fails_if(|status, headers| is_failure(status, headers) || status == http::StatusCode::CONFLICT);
    /// ```
    #[must_use]
    pub fn fails_if(self, fails: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        Self(self.0.fails_if(fails))
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, settings: self.0.clone() }
    }
}

/// The service of a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    settings: LayerSettings<CustomResponse>,
}

impl<S, B> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>>,
    S::Response: IntoResponse,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = SessionFuture<IntoResponseFuture<S::Future>, CustomResponse, Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let started = self.settings.start(&mut request);
        SessionFuture::new(started, IntoResponseFuture { response: self.inner.call(request) })
    }
}

pin_project! {
    /// Converts a service's response into axum's. A response that already has axum's body is not boxed again.
    #[doc(hidden)]
    pub struct IntoResponseFuture<F> {
        #[pin]
        response: F,
    }
}

impl<F, R, X> Future for IntoResponseFuture<F>
where
    F: Future<Output = Result<R, X>>,
    R: IntoResponse,
{
    type Output = Result<Response, X>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.project().response.poll(cx));
        Poll::Ready(result.map(IntoResponse::into_response))
    }
}

/// The setting of [`SessionLayer::on_error`].
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct CustomResponse(Option<Arc<dyn Fn(Failure) -> Response + Send + Sync>>);

impl FailureHandler<Body> for CustomResponse {
    fn respond(&self, failure: Failure) -> Response {
        match &self.0 {
            Some(respond) => respond(failure),
            None => failure.default_response(),
        }
    }
}
