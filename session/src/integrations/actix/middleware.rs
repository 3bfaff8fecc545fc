//! The middleware: its settings, and the start of a request.

use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{Error, HttpResponse};

use crate::integrations::actix::request_future::{SessionFuture, Verification};
use crate::integrations::actix::request_scope::{MiddlewareState, RequestScope};
use crate::integrations::actix::settings::Settings;
use crate::session::manager::session_manager::SessionManager;

/// A failed session operation with actix-web's response, the argument of [`SessionMiddleware::on_error`].
pub type Failure = crate::integrations::failure::Failure<HttpResponse>;

/// Provides a [`Session`](crate::Session) for every request of an `App`, a scope or a resource.
///
/// A request that does not use its session costs nothing: its cookies are not read, and the middleware allocates no memory
/// for it ([exceptions](super#cost)). The first extractor opens the session, without I/O. After the service has responded, the
/// middleware commits the session and appends the cookies.
///
/// It commits only a deletion ([`Session::abandon`](crate::Session::abandon)) if the request failed: the response is a
/// [failure](super::is_failure) (5xx, 408, or their `grpc-status`), or a handler returned an [`Error`](crate::Error). It
/// commits nothing if the request's future is dropped, because the client disconnected or a middleware outside timed out.
///
/// If middleware inside returns an error instead of a response, the rules apply to the
/// [response of that error](actix_web::ResponseError::error_response). The middleware outside gets it as an
/// [`InternalError`](actix_web::error::InternalError) with the cookies.
///
/// A middleware inside of another one of the same manager uses the session of the outer one. Its `fails_if` has no effect,
/// and its `on_error` applies only to its verification. Two managers in one application need different cookie names
/// ([`CookieConfig::name`](crate::CookieConfig::name)).
///
/// The last `wrap` is the outermost one. See [the order of middleware](super#order-of-middleware).
///
/// It is `Send` and cheap to clone: create it once, and wrap a clone in each worker.
///
/// ```
/// # use session::{SecretKey, Session, SessionConfig, SessionManager, actix::SessionMiddleware, store::MemoryStore};
/// use actix_web::{App, web};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # async fn hello(session: Session) -> &'static str { "hello" }
///
/// let sessions = SessionMiddleware::new(manager);
/// let create_app = move || App::new().route("/", web::get().to(hello)).wrap(sessions.clone()); // for `HttpServer::new`
/// # create_app();
/// ```
#[derive(Clone)]
pub struct SessionMiddleware(Settings);

impl SessionMiddleware {
    /// Creates a middleware for the sessions of a manager.
    ///
    /// If a session operation fails, the response has the [status](crate::Error::status) of the error and an empty
    /// body. This applies to a handler that returns its error, and to the commit afterwards. The cause is logged.
    pub fn new(manager: SessionManager) -> Self {
        Self(Settings::new(manager))
    }

    /// Loads the session before the handler runs, like [`open_verified`](SessionManager::open_verified).
    ///
    /// Without it, client state of a record is trusted until the request finds the record ended. A handler that reads only
    /// client state then trusts client state that is replayed after a logout.
    ///
    /// Costs one load for each request with a session cookie; the request needs no second load. If the store could not be
    /// reached, the handler does not run, and the response is the one for the [error](crate::ErrorKind::Store). Inside of
    /// another middleware of the same manager, it applies to the inner routes.
    ///
    /// ```
    /// # use session::{SecretKey, Session, SessionConfig, SessionManager, actix::SessionMiddleware, store::MemoryStore};
    /// # use actix_web::web;
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # async fn draft(session: Session) -> &'static str { "" }
    /// let drafts = web::scope("/drafts").route("", web::get().to(draft)).wrap(SessionMiddleware::new(manager).verified());
    /// ```
    #[must_use]
    pub fn verified(self) -> Self {
        Self(Settings { verifies: true, ..self.0 })
    }

    /// Sets the response to a failed session operation, instead of the error's status and an empty body. The cause is
    /// always logged.
    ///
    /// [`Failure`] has the error, and the handler's response if the commit failed after it. Cookies of earlier commits are
    /// added to every response.
    ///
    /// An error that a handler converts to the application's own type is not seen by the middleware: `on_error` is not called.
    /// See [the example below](#an-error-type-of-the-application).
    ///
    /// ```
    /// use actix_web::HttpResponse;
    /// use actix_web::http::StatusCode;
    /// # use session::{ErrorKind, SecretKey, SessionConfig, SessionManager, actix::SessionMiddleware, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    ///
    /// let sessions = SessionMiddleware::new(manager).on_error(|failure| match failure.error().kind() {
    ///     ErrorKind::Ended => HttpResponse::SeeOther().insert_header(("location", "/login")).finish(),
    ///     ErrorKind::Store => HttpResponse::ServiceUnavailable().body("Please try again in a minute."),
    ///     _ => failure.default_response(),
    /// });
    /// ```
    ///
    /// # An error type of the application
    ///
    /// If your error type does not use the response of [`Error`](crate::Error), the middleware does not know that the request
    /// failed. Pending changes are then committed unless the status is 5xx or 408, and only an unreachable store is logged. Keep that response,
    /// and replace its body:
    ///
    /// ```
    /// use std::fmt;
    ///
    /// use actix_web::body::BoxBody;
    /// use actix_web::{HttpResponse, ResponseError};
    ///
    /// #[derive(Debug)]
    /// enum AppError {
    ///     Session(session::Error),
    ///     NotFound,
    /// }
    ///
    /// impl fmt::Display for AppError {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str("the request failed")
    ///     }
    /// }
    ///
    /// impl ResponseError for AppError {
    ///     fn error_response(&self) -> HttpResponse {
    ///         match self {
    ///             // The middleware recognizes it, and the cause is logged.
    ///             Self::Session(error) => error.error_response().set_body(BoxBody::new("Please try again.")),
    ///             Self::NotFound => HttpResponse::NotFound().finish(),
    ///         }
    ///     }
    /// }
    /// # assert_eq!(AppError::NotFound.error_response().status(), 404);
    /// # let _ = AppError::Session;
    /// ```
    ///
    /// # Keeping a response whose commit failed
    ///
    /// The page of an article counts its visits in the session. The page is right without the count, so the handler marks
    /// it. Other responses could state that data was saved, and are replaced.
    ///
    /// ```
    /// use actix_web::{HttpResponse, web};
    /// use session::actix::{Failure, SessionMiddleware};
    /// # use session::{SecretKey, Session, SessionConfig, SessionManager, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    ///
    /// /// Marks a response that is right even if the session was not stored.
    /// struct OptionalCommit;
    ///
    /// async fn article(mut session: Session) -> Result<HttpResponse, session::Error> {
    ///     let visits = session.get("visits").await?.unwrap_or(0) + 1;
    ///     session.insert("visits", visits).await?;
    ///     let mut page = HttpResponse::Ok().body("the article");
    ///     page.extensions_mut().insert(OptionalCommit);
    ///     Ok(page)
    /// }
    ///
    /// fn is_marked(page: &HttpResponse) -> bool {
    ///     page.extensions().contains::<OptionalCommit>()
    /// }
    ///
    /// let sessions = SessionMiddleware::new(manager)
    ///     .on_error(|failure| failure.keep_response_if(is_marked).unwrap_or_else(Failure::default_response));
    /// # let app = actix_web::App::new().route("/", web::get().to(article)).wrap(sessions);
    /// ```
    #[must_use]
    pub fn on_error<F, R>(self, on_error: F) -> Self
    where
        F: Fn(Failure) -> R + Send + Sync + 'static,
        R: Into<HttpResponse>,
    {
        let on_error = move |failure| on_error(failure).into();
        Self(Settings { on_error: Some(Arc::new(on_error)), ..self.0 })
    }

    /// Sets the rule for failed requests, which replaces [`is_failure`](super::is_failure). Only a deletion is committed if it
    /// returns true.
    ///
    /// A request also fails if its handler returned an [`Error`](crate::Error). An error type of the application needs
    /// [the response of that error](Self::on_error), or a status that this rule accepts.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, actix::SessionMiddleware, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// use actix_web::http::StatusCode;
    /// use session::actix::is_failure;
    ///
    /// let sessions = SessionMiddleware::new(manager)
    ///     .fails_if(|status, headers| is_failure(status, headers) || status == StatusCode::CONFLICT);
    /// ```
    #[must_use]
    pub fn fails_if(self, fails: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        Self(Settings { fails_if: Some(Arc::new(fails)), ..self.0 })
    }
}

impl fmt::Debug for SessionMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionMiddleware").field(&self.0).finish()
    }
}

impl<S, B> Transform<S, ServiceRequest> for SessionMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = SessionService<S>;
    type InitError = ();
    type Future = Ready<Result<SessionService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let state = Rc::new(MiddlewareState::new(self.0.clone()));
        ready(Ok(SessionService { service: Rc::new(service), state }))
    }
}

/// The service of a [`SessionMiddleware`].
pub struct SessionService<S> {
    service: Rc<S>,
    state: Rc<MiddlewareState>,
}

impl<S> fmt::Debug for SessionService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService").field("settings", &self.state.settings).finish_non_exhaustive()
    }
}

impl<S, B> Service<ServiceRequest> for SessionService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = SessionFuture<S, B>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let state = Rc::clone(&self.state);
        let scope = RequestScope::enter(&state, &mut request);
        if state.settings.verifies
            && let Ok(session) = scope.slot.session(request.head())
            && session.inner().require_verification()
        {
            let verification = Verification::new(session, Rc::clone(&self.service), request);
            return SessionFuture::verifying(state, scope, verification);
        }
        SessionFuture::handling(state, scope, self.service.call(request))
    }
}
