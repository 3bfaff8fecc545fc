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

mod extractors;
mod layer;

pub use self::layer::{CustomResponse, Failure, IntoResponseFuture, SessionLayer, SessionService};
pub use crate::integrations::end_request::is_failure;
