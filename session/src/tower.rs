//! The layer: opens the session before the request is handled, and finalizes it before the answer goes out.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Extensions, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::error::{Error, ErrorKind};
use crate::manager::SessionManager;
use crate::session::Session;
use crate::shared::Shared;

/// Gives every request its [`Session`], for any tower service.
///
/// The session is opened without asking anybody anything; a request that does not touch it costs nothing. When the
/// service answers, the session is committed and the cookies owed are appended. An answer with a server error status
/// (5xx), an [`Error`] that a handler returned, or an error of the service itself commits only an ending: see
/// [`Session::abandon`]. A request whose future is dropped commits nothing.
///
/// A layer inside another one of the same manager passes the request on: both see one session.
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
pub struct SessionLayer<E = EmptyAnswer> {
    manager: SessionManager,
    verifies: bool,
    on_error: E,
}

impl SessionLayer {
    /// The layer of this manager's sessions. If a session operation fails, in a handler that returns its error or in the
    /// commit afterwards, the answer is the status of the error's [kind](crate::ErrorKind::status) and an empty body,
    /// and the cause is logged.
    pub fn new(manager: SessionManager) -> Self {
        Self { manager, verifies: false, on_error: EmptyAnswer }
    }
}

impl<E> SessionLayer<E> {
    /// Asks the store about the session before the request is handled, as
    /// [`open_verified`](SessionManager::open_verified) does. Without it, client state that belongs to a record is
    /// believed until the request finds the record ended, and a handler that looks at nothing else believes what a
    /// signed-out browser replays.
    ///
    /// Costs each request that has a session cookie one load, which then serves the request too. If the store cannot
    /// be asked, the request is not handled, and the answer is that of the [error](crate::ErrorKind::Store). Within an
    /// outer layer of the same manager it holds for the routes inside.
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

    /// Answers with `on_error` when a session operation fails, instead of the error's status and an empty body. The
    /// cause is logged either way.
    #[must_use]
    pub fn on_error<F>(self, on_error: F) -> SessionLayer<F> {
        SessionLayer { manager: self.manager, verifies: self.verifies, on_error }
    }
}

/// What the client is told when a session operation fails: a function from the error to a response.
pub trait OnError<B>: Clone {
    /// The answer that takes the place of the service's own.
    fn answer(&self, error: Error) -> Response<B>;

    /// The answer to an error that a handler returned, and that has become a response already.
    fn answer_raised(&self, error: Error, _response: Response<B>) -> Response<B> {
        self.answer(error)
    }
}

/// The status of the error's kind, and an empty body: nothing of the cause is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyAnswer;

impl<B: Default> OnError<B> for EmptyAnswer {
    fn answer(&self, error: Error) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = error.kind().status();
        response
    }

    /// It is what it should be, unless a middleware in between has given it a page.
    fn answer_raised(&self, _: Error, response: Response<B>) -> Response<B> {
        response
    }
}

impl<B, F: Fn(Error) -> Response<B> + Clone> OnError<B> for F {
    fn answer(&self, error: Error) -> Response<B> {
        self(error)
    }
}

impl<S, E: Clone> Layer<S> for SessionLayer<E> {
    type Service = SessionService<S, E>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, layer: self.clone() }
    }
}

/// The service that [`SessionLayer`] makes.
#[derive(Clone, Debug)]
pub struct SessionService<S, E = EmptyAnswer> {
    inner: S,
    layer: SessionLayer<E>,
}

/// How a request carries its session from the layer to the extractors.
#[derive(Clone)]
struct Slot(Arc<Shared>);

/// The session of a request that came through a [`SessionLayer`]: another handle to the one session that it has.
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
/// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides one.
pub fn session(extensions: &Extensions) -> Result<Session, Error> {
    let slot = extensions.get::<Slot>();
    slot.map(|slot| Session::of(Arc::clone(&slot.0))).ok_or_else(|| {
        let message = "no session for this request: add `.layer(SessionLayer::new(manager))` to its router, after the \
                       routes and outside of every middleware that uses the session";
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
        let session = self.layer.manager.opened(request.headers());
        let outer = request.extensions_mut().insert(Slot(Arc::clone(&session)));
        if let Some(outer) = outer.filter(|slot| self.layer.manager.manages(&slot.0)) {
            let verifying = self.layer.verifying(&outer.0);
            request.extensions_mut().insert(outer);
            return SessionFuture { verifying, step: Step::Passed { answer: self.inner.call(request) } };
        }
        let verifying = self.layer.verifying(&session);
        let answer = self.inner.call(request);
        let on_error = self.layer.on_error.clone();
        SessionFuture { verifying, step: Step::Answering { answer, session: Some(session), on_error } }
    }
}

impl<E: Clone> SessionLayer<E> {
    /// What has to be known before the service is at work.
    fn verifying(&self, shared: &Arc<Shared>) -> Option<Verifying<E>> {
        if !self.verifies || !shared.believe_only_what_is_verified() {
            return None;
        }
        let shared = Arc::clone(shared);
        let asking = Box::pin(async move { shared.verify().await });
        Some(Verifying { asking, on_error: self.on_error.clone() })
    }
}

/// The store is being asked about the session.
struct Verifying<E> {
    asking: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
    on_error: E,
}

pin_project! {
    #[project = SessionFutureOf]
    /// The answer of a [`SessionService`].
    pub struct SessionFuture<F, E, R, X> {
        verifying: Option<Verifying<E>>,
        #[pin]
        step: Step<F, E, R, X>,
    }
}

pin_project! {
    #[project = StepOf]
    enum Step<F, E, R, X> {
        /// The request has its session from a layer further out.
        Passed { #[pin] answer: F },
        /// The service is at work.
        Answering { #[pin] answer: F, session: Option<Arc<Shared>>, on_error: E },
        /// The session is being committed.
        Closing { closing: Pin<Box<dyn Future<Output = Result<R, X>> + Send>> },
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
        let SessionFutureOf { verifying, mut step } = self.project();
        if let Some(Verifying { asking, on_error }) = verifying {
            if let Err(error) = ready!(asking.as_mut().poll(cx)) {
                log(Some(&error));
                return Poll::Ready(Ok(on_error.answer(error)));
            }
            *verifying = None;
        }
        loop {
            let closing = match step.as_mut().project() {
                StepOf::Passed { answer } => return answer.poll(cx),
                StepOf::Closing { closing } => return closing.as_mut().poll(cx),
                StepOf::Answering { answer, session, on_error } => {
                    let answer = ready!(answer.poll(cx));
                    let session = session.take().expect("an answered future is not polled again");
                    // Most requests end here: nothing to commit, and no cookie owed.
                    if !has_raised(&answer) && (session.is_left_alone() || session.close_quietly()) {
                        return Poll::Ready(answer);
                    }
                    Box::pin(close(session, answer, on_error.clone()))
                }
            };
            step.set(Step::Closing { closing });
        }
    }
}

fn has_raised<R, X>(answer: &Result<Response<R>, X>) -> bool {
    answer.as_ref().is_ok_and(|response| response.extensions().get::<Raised>().is_some())
}

/// Commits what the answer allows, and appends the cookies owed to it.
async fn close<R, F, E: OnError<R>>(
    session: Arc<Shared>,
    answer: Result<Response<R>, F>,
    on_error: E,
) -> Result<Response<R>, F> {
    let mut response = match answer {
        Ok(response) => response,
        Err(error) => {
            log(session.abandon().await.1.err().as_ref());
            return Err(error);
        }
    };
    let raised = response.extensions_mut().remove::<Raised>();
    let owed = if raised.is_some() || response.status().is_server_error() {
        let (owed, result) = session.abandon().await;
        log(result.err().as_ref());
        if let Some(error) = raised.and_then(Raised::into_error) {
            response = on_error.answer_raised(error, response);
        }
        owed
    } else {
        let (owed, result) = session.commit_and_answer().await;
        if let Err(error) = result {
            log(Some(&error));
            response = on_error.answer(error);
        }
        owed
    };
    owed.append_to(response.headers_mut());
    Ok(response)
}

/// A session's error that a handler returned, on its way to the layer: in the extensions of the response it became.
#[derive(Clone)]
pub(crate) struct Raised(Arc<Error>);

impl Raised {
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "tower's own handlers return responses, not errors"))]
    pub(crate) fn new(error: Error) -> Self {
        Self(Arc::new(error))
    }

    fn into_error(self) -> Option<Error> {
        Arc::into_inner(self.0)
    }
}

pub(crate) fn log(error: Option<&Error>) {
    let Some(error) = error else { return };
    let cause = error.source().map(tracing::field::display);
    if error.kind().status().is_server_error() {
        tracing::error!(kind = ?error.kind(), cause, "{error}");
    } else {
        tracing::warn!(kind = ?error.kind(), cause, "{error}");
    }
}
