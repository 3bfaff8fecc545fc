//! The request extensions that pass the sessions from the layers to the extractors.

use std::sync::Arc;

use http::Extensions;

use crate::error::Error;
use crate::integrations::missing_layer::missing_layer;
use crate::integrations::shared_cookie_name::warn_of_shared_cookie_name;
use crate::session::handle::Session;
use crate::session::request_session::RequestSession;

/// The sessions of the layers outside of the innermost one, if they have other managers. Extractors do not use them.
#[derive(Clone, Default)]
struct OuterSessions(Vec<RequestSession>);

/// Makes the extractors inside of a layer use `session`. If an outer layer has the same manager, they use its session,
/// which is returned.
#[inline]
pub(super) fn insert_session(request: &mut Extensions, session: &RequestSession) -> Option<RequestSession> {
    // Most requests have one layer, and need one access to the extensions.
    let outer = request.insert(session.clone())?;
    insert_inside(request, session, outer)
}

#[cold]
fn insert_inside(request: &mut Extensions, session: &RequestSession, outer: RequestSession) -> Option<RequestSession> {
    let OuterSessions(mut sessions) = request.remove().unwrap_or_default();
    sessions.push(outer);
    let shared = sessions.iter().rfind(|outer| Arc::ptr_eq(outer.manager(), session.manager())).cloned();
    match &shared {
        Some(shared) => _ = request.insert(shared.clone()),
        None => sessions.iter().rev().for_each(|outer| warn_of_shared_cookie_name(session.manager(), outer.manager())),
    }
    request.insert(OuterSessions(sessions));
    shared
}

/// Returns a handle to the session of a request that passed a session layer. With several layers, it is the session of the
/// innermost one.
///
/// ```
/// # use session::{Session, tower};
/// async fn greet(request: http::Request<String>) -> Result<http::Response<String>, session::Error> {
///     let session = tower::session(request.extensions())?;
///     let name: Option<String> = session.get("name").await?;
///     Ok(http::Response::new(format!("Hello, {}", name.as_deref().unwrap_or("stranger"))))
/// }
/// ```
///
/// The layer also stores the [`RequestSession`](crate::RequestSession) as an extension, for frameworks that pass extensions
/// by type.
///
/// # Errors
///
/// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
pub fn session(extensions: &Extensions) -> Result<Session, Error> {
    request_session(extensions).map(RequestSession::session)
}

pub(in crate::integrations) fn request_session(extensions: &Extensions) -> Result<&RequestSession, Error> {
    extensions.get::<RequestSession>().ok_or_else(|| {
        missing_layer(
            "add `.layer(SessionLayer::new(manager))` to its router, after the routes and the middleware that uses the \
             session, and before CORS and tracing; in a `ServiceBuilder`, the order is reversed: tracing, CORS, sessions, \
             middleware",
        )
    })
}
