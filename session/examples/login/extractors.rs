//! Extractors on top of the session: the current user, and a user with a permission.

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use session::{Error, ReadOnly};

use crate::Visitor;
use crate::return_path::login_url;

/// The user who is logged in. Visitors are redirected to the login form, which leads back to the page.
pub(crate) struct CurrentUser(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visitor = ReadOnly::<Visitor>::from_request_parts(parts, state).await.map_err(Error::into_response)?;
        let user = visitor.user().await.map_err(Error::into_response)?;
        user.map(Self).ok_or_else(|| Redirect::to(&login_url(parts)).into_response())
    }
}

/// A user with this permission. It is looked up in each request, so that a change applies at once.
pub(crate) struct Admin(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentUser(user) = CurrentUser::from_request_parts(parts, state).await?;
        let is_admin = user == "Ada"; // a real application queries its database
        if is_admin { Ok(Self(user)) } else { Err(StatusCode::FORBIDDEN.into_response()) }
    }
}
