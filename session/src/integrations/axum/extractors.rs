//! The extractors for axum, and the response to a session error.

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::error::Error;
use crate::integrations::tower::handler_error::HandlerError;
use crate::integrations::tower::request_extension::{request_session, session};
use crate::session::handle::Session;
use crate::session::request_session::RequestSession;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

impl<S: Send + Sync> FromRequestParts<S> for RequestSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        request_session(&parts.extensions).cloned()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        session(&parts.extensions)
    }
}

impl<Schema: SessionSchema, S: Send + Sync> FromRequestParts<S> for Typed<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        session(&parts.extensions).map(Self::new)
    }
}

impl<Schema: SessionSchema, S: Send + Sync> FromRequestParts<S> for ReadOnly<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        session(&parts.extensions).map(Self::new)
    }
}

/// Responds with the [status](crate::ErrorKind::status) of the error's kind and an empty body. The cause is only logged.
///
/// [`SessionLayer::on_error`](super::SessionLayer::on_error) can replace this response.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let mut response = self.kind().status().into_response();
        response.extensions_mut().insert(HandlerError(self));
        response
    }
}
