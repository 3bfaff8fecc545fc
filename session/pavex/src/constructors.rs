//! The constructors of a request's session and its handles.

use pavex::request::RequestHead;
use pavex::request_scoped;
use session::{ReadOnly, RequestSession, SessionManager, SessionSchema, Typed};

/// [`session::Session`] with the lifetime parameter of Pavex's guide: `&mut Session<'_>`. The handle borrows nothing.
///
/// ```
/// # use pavex::Response;
/// use session_pavex::Session;
///
/// #[pavex::post(path = "/theme")]
/// pub async fn choose_theme(session: &mut Session<'_>) -> Result<Response, session::Error> {
///     session.client_mut().insert("theme", "dark")?;
///     Ok(Response::ok())
/// }
/// # fn main() {}
/// ```
pub type Session<'a> = session::Session;

/// Begins the session of a request. Does no I/O and never fails.
///
/// A token that is missing, expired, or does not decrypt gives a new session.
#[request_scoped(clone_if_necessary, allow(unused))]
pub fn request_session(manager: &SessionManager, head: &RequestHead) -> RequestSession {
    manager.begin(&head.headers).with_method(head.method.as_str())
}

/// Returns a handle of the request's session.
#[request_scoped(allow(unused))]
pub fn session(request: &RequestSession) -> session::Session {
    request.session()
}

/// Returns the typed view of the request's session.
#[request_scoped(allow(unused))]
pub fn typed<S: SessionSchema>(request: &RequestSession) -> Typed<S> {
    request.session().typed_mut()
}

/// Returns the typed view of the request's session, without the methods that write.
#[request_scoped(allow(unused))]
pub fn read_only<S: SessionSchema>(request: &RequestSession) -> ReadOnly<S> {
    request.session().typed()
}
