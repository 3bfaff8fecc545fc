//! axum extractors: [`Session`], [`Typed`] and [`ReadOnly`], and [`Error`] as a response.
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

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::error::Error;
use crate::integrations::tower::HandlerError;
pub use crate::integrations::tower::SessionLayer;
use crate::session::handle::Session;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        crate::integrations::tower::session(&parts.extensions)
    }
}

impl<Schema: SessionSchema, S: Send + Sync> FromRequestParts<S> for Typed<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        crate::integrations::tower::session(&parts.extensions).map(Self::new)
    }
}

impl<Schema: SessionSchema, S: Send + Sync> FromRequestParts<S> for ReadOnly<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        crate::integrations::tower::session(&parts.extensions).map(Self::new)
    }
}

/// Responds with the [status](crate::ErrorKind::status) of the error's kind and an empty body. The cause is only logged.
///
/// [`SessionLayer::on_error`] can replace this response.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        crate::integrations::tower::log(Some(&self));
        let mut response = self.kind().status().into_response();
        response.extensions_mut().insert(HandlerError::new(self));
        response
    }
}
