//! Typed HTTP sessions for [Pavex](https://pavex.dev): handlers get a [`Session`], a [`Typed<S>`](session::Typed) or a
//! [`ReadOnly<S>`](session::ReadOnly) as an input.
//!
//! # Installation
//!
//! Write a constructor of the [`SessionManager`](session::SessionManager), import this crate, and add the middleware that
//! commits the session:
//!
//! ```
//! use pavex::{Blueprint, blueprint::from};
//! use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
//! use session_pavex::FINALIZE_SESSION;
//!
//! #[pavex::singleton]
//! pub fn session_manager() -> SessionManager {
//!     SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
//! }
//!
//! pub fn blueprint() -> Blueprint {
//!     let mut bp = Blueprint::new();
//!     bp.import(from![pavex, session_pavex, crate]);
//!     bp.post_process(FINALIZE_SESSION); // before the routes
//!     bp.routes(from![crate]);
//!     bp
//! }
//! # fn main() { blueprint(); }
//! ```
//!
//! A constructor with a database store is async, returns a `Result`, and takes the application's configuration as an input.
//!
//! <div class="warning">
//!
//! Without `bp.post_process(FINALIZE_SESSION)` before the routes, no change of a session is stored. Pavex generates such an
//! application without a warning. At run time, each lost change is logged: "changes discarded".
//!
//! </div>
//!
//! # Handlers
//!
//! Take `&Session<'_>`, `&Typed<S>` or `&ReadOnly<S>` to read, and `&mut Session<'_>` or `&mut Typed<S>` to write.
//! Middleware takes the same inputs, and all handles of a request share one session.
//!
//! ```
//! use pavex::Response;
//! use pavex::request::RequestHead;
//! use session::{SessionSchema, Typed};
//! use session_pavex::Session;
//! # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
//!
//! #[derive(SessionSchema)]
//! pub struct Visitor {
//!     #[session(default)]
//!     cart: Vec<String>,
//! }
//!
//! #[pavex::post(path = "/cart")]
//! pub async fn add_to_cart(visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
//!     visitor.update_cart(|cart| cart.push("tea".to_owned())).await?;
//!     Ok(Response::ok())
//! }
//!
//! #[pavex::get(path = "/greeting")]
//! pub async fn greet(session: &Session<'_>) -> Result<Response, session::Error> {
//!     let name: Option<String> = session.get("name").await?;
//!     Ok(Response::ok().set_typed_body(format!("Hello, {}", name.as_deref().unwrap_or("stranger"))))
//! }
//!
//! // The code that Pavex generates calls the functions of this crate in this order. A test of a handler can do the same.
//! async fn generated(manager: &SessionManager, head: &RequestHead) -> Response {
//!     let request = session_pavex::request_session(manager, head);
//!     let mut visitor = session_pavex::typed(&request);
//!     let response = match add_to_cart(&mut visitor).await {
//!         Ok(response) => response,
//!         Err(error) => session_pavex::session_error(&error, &request).await,
//!     };
//!     match session_pavex::finalize_session(response, &request).await {
//!         Ok(response) => response,
//!         Err(error) => session_pavex::commit_error(&error),
//!     }
//! }
//!
//! # fn main() { tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//! # let head = RequestHead {
//! #     method: pavex::http::Method::POST,
//! #     target: pavex::http::Uri::from_static("/cart"),
//! #     version: pavex::http::Version::HTTP_11,
//! #     headers: pavex::http::HeaderMap::new(),
//! # };
//! let response = generated(&manager, &head).await;
//! assert!(response.headers().contains_key("set-cookie"));
//! # }) }
//! ```
//!
//! The samples of Pavex's guide to session data compile with `use session_pavex::Session`.
//!
//! # End of a request
//!
//! [`finalize_session`] commits the session after the handler, and appends the cookies. If the request failed, it commits
//! only a deletion ([`session::Session::abandon`]). A request fails if its response is 5xx or 408, or if one of its
//! components returned a [`session::Error`].
//!
//! - [`session_error()`] is the response to a [`session::Error`] of a handler or a middleware.
//! - [`commit_error()`] is the response to a commit that failed after the handler.
//!
//! Both have the [status](session::Error::status) of the error and an empty body, and the cause is logged. To
//! replace a response, write an error handler of the same type. If `bp.import` names this crate before the application's,
//! as above, the application's error handlers are used.
//!
//! # Order of middleware
//!
//! - Post-processing middleware that uses the session: before [`FINALIZE_SESSION`]. Its later changes are errors.
//! - Middleware that replaces responses or their headers: before [`FINALIZE_SESSION`], so that the cookies stay.
//! - Timeouts and other wrapping middleware: after [`FINALIZE_SESSION`], so that a timed-out request fails.

mod commit_error;
mod constructors;
mod middleware;
mod session_error;

pub use self::commit_error::{COMMIT_ERROR, CommitError, commit_error};
pub use self::constructors::{
    READ_ONLY, REQUEST_SESSION, SESSION, Session, TYPED, read_only, request_session, session, typed,
};
pub use self::middleware::{FINALIZE_SESSION, VERIFY_SESSION, finalize_session, verify_session};
pub use self::session_error::{SESSION_ERROR, session_error};
