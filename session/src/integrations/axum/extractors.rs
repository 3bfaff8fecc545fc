//! The extractors for axum, and the response to a session error.

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::error::Error;
use crate::integrations::tower::error_response;
use crate::integrations::tower::request_extension::{request_session, session};
use crate::session::handle::Session;
use crate::session::request_session::RequestSession;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

// Files that import both traits, for example by `use axum::extract::*`, can call `from_request_parts` on these types,
// because a method of the type has precedence. With the two traits alone, the call would be ambiguous.

impl Session {
    /// Returns the session of a request, like the extractor. For extractors and middleware of the application; no I/O.
    ///
    /// ```
    /// use axum::extract::{FromRequestParts, OptionalFromRequestParts};
    /// use axum::http::request::Parts;
    /// use axum::response::{IntoResponse, Redirect, Response};
    /// use session::Session;
    ///
    /// /// The id of the user. Visitors who are not logged in are redirected to the login page.
    /// struct User(u64);
    ///
    /// impl<S: Send + Sync> FromRequestParts<S> for User {
    ///     type Rejection = Response;
    ///
    ///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
    ///         let user = find_user(parts, state).await.map_err(IntoResponse::into_response)?;
    ///         user.ok_or_else(|| Redirect::to("/login").into_response())
    ///     }
    /// }
    ///
    /// /// `Option<User>` is `None` for these visitors.
    /// impl<S: Send + Sync> OptionalFromRequestParts<S> for User {
    ///     type Rejection = session::Error;
    ///
    ///     async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, session::Error> {
    ///         find_user(parts, state).await
    ///     }
    /// }
    ///
    /// async fn find_user<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Option<User>, session::Error> {
    ///     let session = Session::from_request_parts(parts, state).await?;
    ///     Ok(session.get("user.id").await?.map(User))
    /// }
    /// # async fn page(user: User) {}
    /// # async fn home(user: Option<User>) {}
    /// # let app: axum::Router = axum::Router::new().route("/", axum::routing::get(home).post(page));
    /// ```
    ///
    /// # Errors
    ///
    /// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
    pub async fn from_request_parts<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await
    }
}

impl<Schema: SessionSchema> Typed<Schema> {
    /// Returns the typed session of a request, like the extractor: [`Session::from_request_parts`]. No I/O.
    ///
    /// # Errors
    ///
    /// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
    pub async fn from_request_parts<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await
    }
}

impl<Schema: SessionSchema> ReadOnly<Schema> {
    /// Returns the typed session of a request, like the extractor: [`Session::from_request_parts`]. No I/O.
    ///
    /// # Errors
    ///
    /// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
    pub async fn from_request_parts<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await
    }
}

impl RequestSession {
    /// Returns the session of a request, like the extractor: [`Session::from_request_parts`]. No I/O.
    ///
    /// # Errors
    ///
    /// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
    pub async fn from_request_parts<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await
    }
}

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
        Self::try_new(session(&parts.extensions)?)
    }
}

impl<Schema: SessionSchema, S: Send + Sync> FromRequestParts<S> for ReadOnly<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Self::try_new(session(&parts.extensions)?)
    }
}

/// `Option<Session>` is `None` if no layer provides a session. It never rejects a request.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Error> {
        Ok(find_session(parts))
    }
}

/// `Option<Typed<S>>` is `None` if no layer provides a session. It rejects a request only if the manager
/// [refuses the schema](crate::SessionConfig::refuse_other_schemas), or has no index for one of its `index` fields.
impl<Schema: SessionSchema, S: Send + Sync> OptionalFromRequestParts<S> for Typed<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Error> {
        find_session(parts).map(Self::try_new).transpose()
    }
}

/// `Option<ReadOnly<S>>` is `None` if no layer provides a session. It rejects a request only if the manager
/// [refuses the schema](crate::SessionConfig::refuse_other_schemas), or has no index for one of its `index` fields.
impl<Schema: SessionSchema, S: Send + Sync> OptionalFromRequestParts<S> for ReadOnly<Schema> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Error> {
        find_session(parts).map(Self::try_new).transpose()
    }
}

/// `Option<RequestSession>` is `None` if no layer provides a session. It never rejects a request.
impl<S: Send + Sync> OptionalFromRequestParts<S> for RequestSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Error> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

fn find_session(parts: &Parts) -> Option<Session> {
    parts.extensions.get().map(RequestSession::session)
}

/// Responds with the [status](crate::Error::status) of the error and an empty body. The cause is only logged.
///
/// [`SessionLayer::on_error`](super::SessionLayer::on_error) can replace this response.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        error_response(self)
    }
}
