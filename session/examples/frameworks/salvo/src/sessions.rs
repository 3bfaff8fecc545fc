//! Sessions for Salvo: a hoop, extractors, and the error of a handler. Copy this file into your application.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

use salvo::extract::{Extractible, Metadata};
use salvo::http::{HeaderValue, ResBody, StatusCode, StatusError};
use salvo::hyper::body::Bytes;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Writer, async_trait};
use session::{EndedRequest, RequestSession, SessionManager};

/// Provides a session for every request of a router: `router.hoop(Sessions::new(manager))`.
///
/// `session::tower::SessionLayer` with Salvo's `compat()` has the same effect, except that error pages of a catcher inside of
/// the layer stay empty.
pub struct Sessions(SessionManager);

impl Sessions {
    pub fn new(manager: SessionManager) -> Self {
        Self(manager)
    }
}

#[async_trait]
impl Handler for Sessions {
    async fn handle(&self, request: &mut Request, depot: &mut Depot, response: &mut Response, ctrl: &mut FlowCtrl) {
        // Inside of another hoop of this manager, the outer one ends the session.
        let outer = depot.get_typed::<RequestSession>();
        if outer.is_ok_and(|outer| outer.is_managed_by(&self.0)) {
            return;
        }
        let session = self.0.begin(request.headers()).with_method(request.method().as_str());
        // If the client disconnects, Salvo drops this future. That is no reason for a warning in the log.
        let _guard = session.cancel_guard();
        depot.insert_typed(session.clone());
        ctrl.call_next(request, depot, response).await;
        let ended = end(session, response).await;
        if let Some(error) = ended.error() {
            // The commit failed, and the response of the handler may state that data was saved.
            *response = Response::new();
            write_error(error, response);
        }
        ended.apply_to(response.headers_mut());
    }
}

/// Commits the session.
async fn end(session: RequestSession, response: &mut Response) -> EndedRequest {
    if let Some(error) = response.extensions.remove::<session::Error>() {
        return session.fail(&error).await;
    }
    // Without a status, the response is a success.
    let status = response.status_code.unwrap_or(StatusCode::OK).as_u16();
    let headers = response.headers();
    session.end(status, |name| headers.get(name).map(HeaderValue::as_bytes)).await
}

/// Writes the status of the error's kind and an empty body.
fn write_error(error: &session::Error, response: &mut Response) {
    response.status_code(error.status());
    // Without a body, Salvo's catcher would create an error page.
    response.body(ResBody::Once(Bytes::new()));
}

/// The session of a request, as an argument of a handler.
pub type Session = Extracted<session::Session>;
/// The accessors of a schema.
pub type Typed<S> = Extracted<session::Typed<S>>;
/// The accessors of a schema for reading.
pub type ReadOnly<S> = Extracted<session::ReadOnly<S>>;

/// An extractor. It is a type of this file, because Salvo's trait and the types of `session` are both foreign.
pub struct Extracted<T>(pub T);

impl<'ex, T: From<session::Session> + Send> Extractible<'ex> for Extracted<T> {
    fn metadata() -> &'static Metadata {
        static METADATA: LazyLock<Metadata> = LazyLock::new(|| Metadata::new("Session"));
        &METADATA
    }

    async fn extract(_: &'ex mut Request, depot: &'ex mut Depot) -> Result<Self, impl Writer + Debug + Send + 'static> {
        let message = "no session hoop for this request: add `.hoop(Sessions::new(manager))` to its router";
        match depot.get_typed::<RequestSession>() {
            Ok(session) => Ok(Self(session.session().into())),
            Err(_) => Err(StatusError::internal_server_error().cause(message)),
        }
    }
}

impl<T> Deref for Extracted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Extracted<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// The error of a handler that uses its session: `Result<String, SessionError>`. It responds with the status of the error's
/// kind and an empty body. The hoop logs the cause.
#[derive(Debug)]
pub struct SessionError(session::Error);

impl From<session::Error> for SessionError {
    fn from(error: session::Error) -> Self {
        Self(error)
    }
}

#[async_trait]
impl Writer for SessionError {
    async fn write(self, _: &mut Request, _: &mut Depot, response: &mut Response) {
        write_error(&self.0, response);
        response.extensions.insert(self.0);
    }
}
