//! axum integration: the [`SessionLayer`], the extractors [`Session`](crate::Session), [`Typed`](crate::Typed),
//! [`ReadOnly`](crate::ReadOnly) and [`RequestSession`](crate::RequestSession), and [`Error`](crate::Error) as a response.
//!
//! Add a [`SessionLayer`] to the router. All extractors of a request, in middleware and handlers, then share one session.
//!
//! ```
//! use axum::{Router, routing::get};
//! use session::axum::SessionLayer;
//! use session::store::MemoryStore;
//! use session::{SecretKey, Session, SessionConfig, SessionManager};
//!
//! async fn visits(mut session: Session) -> Result<String, session::Error> {
//!     let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1));
//!     Ok(format!("visit number {}", visits.await?))
//! }
//!
//! let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//! let app: Router = Router::new().route("/", get(visits)).layer(SessionLayer::new(manager));
//! ```
//!
//! # Optional sessions
//!
//! `Option<Session>` is `None` if no layer provides a session; `Typed<S>`, `ReadOnly<S>` and `RequestSession` can be optional
//! too. Use these extractors in handlers and middleware that also serve routes without a layer: a shared page header, a status page, a component of a
//! library.
//!
//! ```
//! use axum::{Router, routing::get};
//! use session::{ReadOnly, SessionSchema, axum::SessionLayer};
//! # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
//! # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//!
//! #[derive(SessionSchema)]
//! struct Visitor {
//!     name: String,
//! }
//!
//! async fn header(visitor: Option<ReadOnly<Visitor>>) -> Result<String, session::Error> {
//!     let name = match visitor {
//!         Some(visitor) => visitor.name().await?,
//!         None => None, // a route without sessions
//!     };
//!     Ok(format!("Hello, {}", name.as_deref().unwrap_or("stranger")))
//! }
//!
//! let shop: Router = Router::new().route("/header", get(header)).layer(SessionLayer::new(manager));
//! let docs: Router = Router::new().route("/header", get(header));
//! let app: Router = Router::new().nest("/shop", shop).nest("/docs", docs);
//! ```
//!
//! - Inside of a layer, they are always `Some`, also for a first visit, after a logout and without cookies. To find out
//!   whether a user is logged in, read the key of the user.
//! - Where the layer belongs to the route, use `Session`: a forgotten layer is then an error of kind
//!   [`MissingLayer`](crate::ErrorKind::MissingLayer), which is logged.

mod extractors;
mod layer;

pub use self::layer::{CustomResponse, Failure, IntoResponseFuture, SessionLayer, SessionService};
pub use crate::integrations::end_request::is_failure;
