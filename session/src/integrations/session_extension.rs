//! The request extension that passes the sessions from the layers to the extractors.

use std::iter;
use std::sync::Arc;

use http::Extensions;

use crate::error::{Error, ErrorKind};
use crate::integrations::shared_cookie_name::warn_of_shared_cookie_name;
use crate::request::session_inner::SessionInner;
use crate::session::handle::Session;

/// The sessions of a request, one per manager, from the innermost layer to the outermost. Extractors use the first.
#[derive(Clone)]
pub(super) struct SessionExtension {
    session: Arc<SessionInner>,
    outer: Option<Arc<SessionExtension>>,
}

impl SessionExtension {
    /// Makes the extractors inside of a layer use `session`. If an outer layer has the same manager, they use its session,
    /// which is returned.
    #[inline]
    pub(super) fn insert(request: &mut Extensions, session: &Arc<SessionInner>) -> Option<Arc<SessionInner>> {
        // Most requests have one layer, and need one access to the extensions.
        let outer = request.insert(Self { session: Arc::clone(session), outer: None })?;
        outer.insert_inside(request, session)
    }

    #[cold]
    fn insert_inside(self, request: &mut Extensions, session: &Arc<SessionInner>) -> Option<Arc<SessionInner>> {
        let shared = self.sessions().find(|outer| Arc::ptr_eq(&outer.manager, &session.manager)).cloned();
        if shared.is_none() {
            self.sessions().for_each(|outer| warn_of_shared_cookie_name(&session.manager, &outer.manager));
        }
        request.insert(self.with_innermost(shared.as_ref().unwrap_or(session)));
        shared
    }

    fn with_innermost(self, session: &Arc<SessionInner>) -> Self {
        if Arc::ptr_eq(&self.session, session) {
            return self;
        }
        Self { session: Arc::clone(session), outer: Some(Arc::new(self)) }
    }

    fn sessions(&self) -> impl Iterator<Item = &Arc<SessionInner>> {
        iter::successors(Some(self), |extension| extension.outer.as_deref()).map(|extension| &extension.session)
    }
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
/// # Errors
///
/// [`MissingLayer`](crate::ErrorKind::MissingLayer): no layer provides a session.
pub fn session(extensions: &Extensions) -> Result<Session, Error> {
    let extension = extensions.get::<SessionExtension>();
    extension.map(|extension| Session::new(Arc::clone(&extension.session))).ok_or_else(|| {
        let message = "no session layer for this request: add `.layer(SessionLayer::new(manager))` to its router, after \
                       the routes and the middleware that uses the session, and before CORS and tracing; in a \
                       `ServiceBuilder`, the order is reversed: tracing, CORS, sessions, middleware";
        Error::new(ErrorKind::MissingLayer, message)
    })
}
