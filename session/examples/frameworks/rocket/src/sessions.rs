//! Sessions for Rocket: a fairing, request guards, and the error of a handler. Copy this file into your application.

use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::{Header, Method, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::{Build, Data, Ignite, Rocket, Sentinel};
use session::{EndedRequest, RequestSession, SessionManager};

/// Provides the sessions of an application: `rocket.attach(Sessions::new(manager))`.
///
/// Rocket runs each request to its end, also if the client disconnected, so nothing must be done for cancelled requests.
pub struct Sessions(SessionManager);

impl Sessions {
    pub fn new(manager: SessionManager) -> Self {
        Self(manager)
    }
}

/// The session of one request, in the local cache of the request. Catchers of errors share it.
#[derive(Default)]
struct Slot {
    /// Set by the first guard, so that a request without one costs nothing.
    session: OnceLock<RequestSession>,
    /// Rocket handles a HEAD request as GET, and a guard sees only that method.
    is_head: AtomicBool,
    /// Set if the handler returned a session error.
    handler_error: OnceLock<session::Error>,
}

fn slot<'r>(request: &'r Request<'_>) -> &'r Slot {
    request.local_cache(Slot::default)
}

#[rocket::async_trait]
impl Fairing for Sessions {
    fn info(&self) -> Info {
        // Of two attached fairings, Rocket uses the last one.
        Info { name: "sessions", kind: Kind::Ignite | Kind::Request | Kind::Response | Kind::Singleton }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        Ok(rocket.manage(self.0.clone()))
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if request.method() == Method::Head {
            slot(request).is_head.store(true, Ordering::Relaxed);
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let slot = slot(request);
        let Some(session) = slot.session.get().cloned() else { return };
        let ended = if let Some(error) = slot.handler_error.get() {
            session.fail(error).await
        } else {
            let headers = response.headers();
            session.end(response.status().code, |name| headers.get_one(name).map(str::as_bytes)).await
        };
        if let Some(error) = ended.error() {
            // The commit failed, and the response of the handler may state that data was saved.
            *response = Response::build().status(status(error)).finalize();
        }
        add_headers(ended, response);
    }
}

fn add_headers(ended: EndedRequest, response: &mut Response<'_>) {
    let names = response.headers().iter().map(|header| header.name().to_string());
    let removed: Vec<String> = names.filter(|name| ended.removes(name)).collect();
    for name in removed {
        response.remove_header(&name);
    }
    for header in ended.into_headers() {
        let value = header.value.to_str().expect("the value is printable ASCII").to_owned();
        let is_appended = header.is_appended;
        let header = Header::new(header.name.to_string(), value);
        if is_appended {
            response.adjoin_header(header);
        } else {
            response.set_header(header);
        }
    }
}

fn status(error: &session::Error) -> Status {
    Status::new(error.status().as_u16())
}

/// The session of a request, as a guard of a route.
pub type Session = Extracted<session::Session>;
/// The accessors of a schema.
pub type Typed<S> = Extracted<session::Typed<S>>;
/// The accessors of a schema for reading.
pub type ReadOnly<S> = Extracted<session::ReadOnly<S>>;

/// A request guard. It is a type of this file, because Rocket's trait and the types of `session` are both foreign.
pub struct Extracted<T>(pub T);

#[rocket::async_trait]
impl<'r, T: From<session::Session>> FromRequest<'r> for Extracted<T> {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, &'static str> {
        let Some(manager) = request.rocket().state::<SessionManager>() else {
            return Outcome::Error((Status::InternalServerError, "attach `Sessions` to the rocket"));
        };
        let headers = request.headers();
        let slot = slot(request);
        let method = if slot.is_head.load(Ordering::Relaxed) { "HEAD" } else { request.method().as_str() };
        let begin = || manager.begin_from(|name| headers.get(name).map(str::as_bytes)).with_method(method);
        let session = slot.session.get_or_init(begin);
        Outcome::Success(Self(session.session().into()))
    }
}

/// Rocket does not launch a route with this guard if the fairing is missing.
impl<T> Sentinel for Extracted<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        rocket.state::<SessionManager>().is_none()
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
/// kind and an empty body, without a catcher. The fairing logs the cause.
#[derive(Debug)]
pub struct SessionError(session::Error);

impl From<session::Error> for SessionError {
    fn from(error: session::Error) -> Self {
        Self(error)
    }
}

impl<'r> Responder<'r, 'static> for SessionError {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = status(&self.0);
        // Only the first error counts, and a request has one response.
        _ = slot(request).handler_error.set(self.0);
        // With `Err(status)`, the catcher of the application creates the body. Its writes to the session are discarded too.
        Response::build().status(status).ok()
    }
}
