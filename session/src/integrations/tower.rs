//! The tower layer: opens the session before the handler runs, and finalizes it before the response is sent.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Extensions, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::{Error, ErrorKind};
use crate::request::session_inner::SessionInner;
use crate::session::handle::Session;
use crate::session::manager::SessionManager;

/// Provides a [`Session`] for every request, in front of any tower service.
///
/// Opening a session does no I/O, and a request that does not use its session costs no store operation. After the service
/// has responded, the layer commits the session and appends the cookies. It commits only a deletion
/// ([`Session::abandon`]) if the response has a server error status (5xx), if a handler returned an [`Error`], or if the
/// service failed. It commits nothing if the request's future is dropped.
///
/// A layer inside of another layer of the same manager uses the outer layer's session.
///
/// ```
/// # use session::{SecretKey, Session, SessionConfig, SessionManager, store::MemoryStore, tower::SessionLayer};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// let layer = SessionLayer::new(manager);
/// # async fn hello(session: Session) {}
/// # #[cfg(feature = "axum")]
/// let app: axum::Router = axum::Router::new().route("/", axum::routing::get(hello)).layer(layer);
/// ```
#[derive(Clone, Debug)]
pub struct SessionLayer<E = EmptyResponse> {
    manager: SessionManager,
    verifies: bool,
    on_error: E,
}

impl SessionLayer {
    /// Creates a layer for the sessions of a manager.
    ///
    /// If a session operation fails, in a handler that returns its error or in the commit afterwards, the response has the
    /// [status](crate::ErrorKind::status) of the error's kind and an empty body. The cause is logged.
    pub fn new(manager: SessionManager) -> Self {
        Self { manager, verifies: false, on_error: EmptyResponse }
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
    ///
    /// ```
    /// # use session::{SecretKey, Session, SessionConfig, SessionManager, store::MemoryStore, tower::SessionLayer};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # async fn draft(session: Session) {}
    /// let layer = SessionLayer::new(manager).verified();
    /// # #[cfg(feature = "axum")]
    /// let app: axum::Router = axum::Router::new().route("/draft", axum::routing::get(draft)).layer(layer);
    /// ```
    #[must_use]
    pub fn verified(self) -> Self {
        Self { verifies: true, ..self }
    }

    /// Sets the response for a failed session operation, instead of the error's status and an empty body. The cause is
    /// always logged.
    #[must_use]
    pub fn on_error<F>(self, on_error: F) -> SessionLayer<F> {
        SessionLayer { manager: self.manager, verifies: self.verifies, on_error }
    }
}

/// Creates the response for a failed session operation. Implemented for functions from [`Error`] to a response.
pub trait OnError<B>: Clone {
    /// Returns the response that replaces the service's response.
    fn respond(&self, error: Error) -> Response<B>;

    /// Returns the response for an error that a handler returned, and that already became `response`.
    fn replace_response(&self, error: Error, _response: Response<B>) -> Response<B> {
        self.respond(error)
    }
}

/// Responds with the status of the error's kind and an empty body. The cause is only logged.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyResponse;

impl<B: Default> OnError<B> for EmptyResponse {
    fn respond(&self, error: Error) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = error.kind().status();
        response
    }

    /// Keeps the response: it already has the status, and a middleware may have added a body.
    fn replace_response(&self, _: Error, response: Response<B>) -> Response<B> {
        response
    }
}

impl<B, F: Fn(Error) -> Response<B> + Clone> OnError<B> for F {
    fn respond(&self, error: Error) -> Response<B> {
        self(error)
    }
}

impl<S, E: Clone> Layer<S> for SessionLayer<E> {
    type Service = SessionService<S, E>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, layer: self.clone() }
    }
}

/// The service of a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S, E = EmptyResponse> {
    inner: S,
    layer: SessionLayer<E>,
}

/// The request extension that passes the session from the layer to the extractors.
#[derive(Clone)]
struct SessionExtension(Arc<SessionInner>);

/// Returns a handle to the session of a request that passed a [`SessionLayer`].
///
/// ```
/// # use session::{Session, tower};
/// async fn greet(request: http::Request<String>) -> Result<http::Response<String>, session::Error> {
///     let session = tower::session(request.extensions())?;
///     let name: Option<String> = session.get("name").await?;
///     Ok(http::Response::new(format!("Hello, {}", name.as_deref().unwrap_or("stranger"))))
/// }
/// ```
///
/// # Errors
///
/// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
pub fn session(extensions: &Extensions) -> Result<Session, Error> {
    let extension = extensions.get::<SessionExtension>();
    extension.map(|extension| Session::new(Arc::clone(&extension.0))).ok_or_else(|| {
        let message = "no session layer for this request: add `.layer(SessionLayer::new(manager))` to its router, after \
                       the routes and outside of all middleware that uses the session";
        Error::new(ErrorKind::MissingLayer, message)
    })
}

impl<S, E, B, R> Service<Request<B>> for SessionService<S, E>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Send + 'static,
    E: OnError<R> + Send + 'static,
    R: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future, E, Self::Response, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let session = self.layer.manager.new_request(request.headers());
        let outer = request.extensions_mut().insert(SessionExtension(Arc::clone(&session)));
        if let Some(outer) = outer.filter(|extension| self.layer.manager.manages(&extension.0)) {
            let verification = self.layer.verify(&outer.0);
            request.extensions_mut().insert(outer);
            return SessionFuture { verification, step: Step::Nested { response: self.inner.call(request) } };
        }
        let verification = self.layer.verify(&session);
        let response = self.inner.call(request);
        let on_error = self.layer.on_error.clone();
        SessionFuture { verification, step: Step::Handling { response, session: Some(session), on_error } }
    }
}

impl<E: Clone> SessionLayer<E> {
    /// Returns the load that must succeed before the service runs, if one is needed.
    fn verify(&self, session: &Arc<SessionInner>) -> Option<Verification<E>> {
        if !self.verifies || !session.require_verification() {
            return None;
        }
        let session = Arc::clone(session);
        let load = Box::pin(async move { session.load().await });
        Some(Verification { load, on_error: self.on_error.clone() })
    }
}

/// The load that must succeed before the service runs.
struct Verification<E> {
    load: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
    on_error: E,
}

pin_project! {
    #[project = SessionFutureProjection]
    /// The response future of a [`SessionService`].
    pub struct SessionFuture<F, E, R, X> {
        verification: Option<Verification<E>>,
        #[pin]
        step: Step<F, E, R, X>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<F, E, R, X> {
        /// The service runs. An outer layer commits the session.
        Nested { #[pin] response: F },
        /// The service runs.
        Handling { #[pin] response: F, session: Option<Arc<SessionInner>>, on_error: E },
        /// The session is being committed.
        Finalizing { finalize: Pin<Box<dyn Future<Output = Result<R, X>> + Send>> },
    }
}

impl<F, E, R, X> Future for SessionFuture<F, E, Response<R>, X>
where
    F: Future<Output = Result<Response<R>, X>>,
    E: OnError<R> + Send + 'static,
    R: Send + 'static,
    X: Send + 'static,
{
    type Output = Result<Response<R>, X>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let SessionFutureProjection { verification, mut step } = self.project();
        if let Some(Verification { load, on_error }) = verification {
            if let Err(error) = ready!(load.as_mut().poll(cx)) {
                log(Some(&error));
                return Poll::Ready(Ok(on_error.respond(error)));
            }
            *verification = None;
        }
        loop {
            let finalize = match step.as_mut().project() {
                StepProjection::Nested { response } => return response.poll(cx),
                StepProjection::Finalizing { finalize } => return finalize.as_mut().poll(cx),
                StepProjection::Handling { response, session, on_error } => {
                    let result = ready!(response.poll(cx));
                    let session = session.take().expect("a completed future is not polled again");
                    // Most requests end here: nothing to commit and no cookie to send.
                    if !has_handler_error(&result) && (session.is_unused() || session.finalize_if_nothing_to_send()) {
                        return Poll::Ready(result);
                    }
                    Box::pin(finalize_session(session, result, on_error.clone()))
                }
            };
            step.set(Step::Finalizing { finalize });
        }
    }
}

fn has_handler_error<R, X>(result: &Result<Response<R>, X>) -> bool {
    result.as_ref().is_ok_and(|response| response.extensions().get::<HandlerError>().is_some())
}

/// Commits the session, or only a deletion if the request failed, and appends the cookies to the response.
async fn finalize_session<R, F, E: OnError<R>>(
    session: Arc<SessionInner>,
    result: Result<Response<R>, F>,
    on_error: E,
) -> Result<Response<R>, F> {
    let mut response = match result {
        Ok(response) => response,
        Err(error) => {
            log(session.abandon().await.1.err().as_ref());
            return Err(error);
        }
    };
    let handler_error = response.extensions_mut().remove::<HandlerError>();
    let cookies = if handler_error.is_some() || response.status().is_server_error() {
        let (cookies, result) = session.abandon().await;
        log(result.err().as_ref());
        if let Some(error) = handler_error.and_then(HandlerError::into_error) {
            response = on_error.replace_response(error, response);
        }
        cookies
    } else {
        let (cookies, result) = session.finalize_now().await;
        if let Err(error) = result {
            log(Some(&error));
            response = on_error.respond(error);
        }
        cookies
    };
    cookies.append_to(response.headers_mut());
    Ok(response)
}

/// The response extension that passes a session error of a handler to the layer.
#[derive(Clone)]
pub(crate) struct HandlerError(Arc<Error>);

impl HandlerError {
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "plain tower services return responses, not errors"))]
    pub(crate) fn new(error: Error) -> Self {
        Self(Arc::new(error))
    }

    fn into_error(self) -> Option<Error> {
        Arc::into_inner(self.0)
    }
}

pub(crate) fn log(error: Option<&Error>) {
    let Some(error) = error else { return };
    if error.kind().status().is_server_error() {
        tracing::error!(%error, kind = ?error.kind(), cause = error.cause(), "session operation failed");
    } else {
        tracing::warn!(%error, kind = ?error.kind(), cause = error.cause(), "session operation failed");
    }
}
