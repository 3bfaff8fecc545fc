//! Sessions for Poem: a middleware, extractors, and the error of a handler. Copy this file into your application.

use std::error::Error as StdError;
use std::ops::{Deref, DerefMut};
use std::{fmt, iter};

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode};
use poem::{Endpoint, Error, FromRequest, IntoResponse, Middleware, Request, RequestBody, Response};
use session::{RequestSession, SessionManager};

/// Provides a session for every request of an endpoint: `route.with(Sessions::new(manager))`.
///
/// An error of the endpoint becomes a response here, because Poem's error type cannot carry cookies. Call `catch_error`
/// before `with`. Error pages can then use the session too.
pub struct Sessions(SessionManager);

impl Sessions {
    pub fn new(manager: SessionManager) -> Self {
        Self(manager)
    }
}

impl<E: Endpoint> Middleware<E> for Sessions {
    type Output = SessionEndpoint<E>;

    fn transform(&self, inner: E) -> SessionEndpoint<E> {
        SessionEndpoint { inner, manager: self.0.clone() }
    }
}

pub struct SessionEndpoint<E> {
    inner: E,
    manager: SessionManager,
}

impl<E: Endpoint> Endpoint for SessionEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        // Inside of another middleware of this manager, the outer one ends the session.
        let outer = request.data::<RequestSession>();
        if outer.is_some_and(|outer| outer.is_managed_by(&self.manager)) {
            return self.inner.call(request).await.map(IntoResponse::into_response);
        }
        let session = self.manager.begin(request.headers()).with_method(request.method().as_str());
        // If the client disconnects, Poem drops this future. That is no reason for a warning in the log.
        let _guard = session.cancel_guard();
        request.set_data(session.clone());
        Ok(end(session, self.inner.call(request).await).await)
    }
}

/// Commits the session, and adds its cookies to the response.
async fn end(session: RequestSession, result: poem::Result<impl IntoResponse>) -> Response {
    let (mut response, handler_error) = match result {
        Ok(output) => (output.into_response(), None),
        Err(error) => {
            let cause = session_error(&error).cloned();
            (error.into_response(), cause)
        }
    };
    let ended = if let Some(error) = handler_error {
        session.fail(&error).await
    } else {
        let headers = response.headers();
        session.end(response.status().as_u16(), |name| headers.get(name).map(HeaderValue::as_bytes)).await
    };
    if let Some(error) = ended.error() {
        // The commit failed, and the response of the handler may state that data was saved.
        response = Response::builder().status(error.status()).finish();
    }
    ended.apply_to(response.headers_mut());
    response
}

/// Returns the session error that a handler returned, also if it is the source of the application's error.
fn session_error(error: &Error) -> Option<&session::Error> {
    let error: &(dyn StdError + 'static) = error;
    iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// The session of a request, as an argument of a handler.
pub type Session = Extracted<session::Session>;
/// The accessors of a schema.
pub type Typed<S> = Extracted<session::Typed<S>>;
/// The accessors of a schema for reading.
pub type ReadOnly<S> = Extracted<session::ReadOnly<S>>;

/// An extractor. It is a type of this file, because Poem's trait and the types of `session` are both foreign.
pub struct Extracted<T>(pub T);

impl<'a, T: From<session::Session>> FromRequest<'a> for Extracted<T> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let session = request.data::<RequestSession>().ok_or_else(|| {
            let message = "no session middleware for this request: add `.with(Sessions::new(manager))` to its route";
            Error::from_string(message, StatusCode::INTERNAL_SERVER_ERROR)
        })?;
        Ok(Self(session.session().into()))
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
/// kind and an empty body. The middleware logs the cause.
#[derive(Debug)]
pub struct SessionError(session::Error);

impl From<session::Error> for SessionError {
    fn from(error: session::Error) -> Self {
        Self(error)
    }
}

impl ResponseError for SessionError {
    fn status(&self) -> StatusCode {
        self.0.status()
    }

    fn as_response(&self) -> Response {
        Response::builder().status(self.status()).finish()
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for SessionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}
