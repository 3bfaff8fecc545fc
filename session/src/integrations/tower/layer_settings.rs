//! The settings of a session layer, and the start of a request with them.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method, Request, StatusCode};

use crate::integrations::tower::end_settings::EndSettings;
use crate::integrations::tower::request_extension::insert_session;
use crate::integrations::tower::request_future::{StartedRequest, Verification};
use crate::session::manager::session_manager::SessionManager;
use crate::session::request_session::{CancelGuard, RequestSession};

/// The settings of a session layer. `E` creates the response to a failed session operation.
#[derive(Clone)]
pub(in crate::integrations) struct LayerSettings<E> {
    manager: SessionManager,
    verifies: bool,
    end: EndSettings<E>,
}

impl<E: Default> LayerSettings<E> {
    pub(in crate::integrations) fn new(manager: SessionManager) -> Self {
        Self { manager, verifies: false, end: EndSettings { on_error: E::default(), fails_if: None } }
    }
}

impl<E> LayerSettings<E> {
    pub(in crate::integrations) fn verified(self) -> Self {
        Self { verifies: true, ..self }
    }

    pub(in crate::integrations) fn on_error<F>(self, on_error: F) -> LayerSettings<F> {
        let Self { manager, verifies, end } = self;
        LayerSettings { manager, verifies, end: EndSettings { on_error, fails_if: end.fails_if } }
    }

    pub(in crate::integrations) fn fails_if(
        mut self,
        fails: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.end.fails_if = Some(Arc::new(fails));
        self
    }
}

impl<E: Clone> LayerSettings<E> {
    /// Opens the session of a request, before the service runs.
    #[inline]
    pub(in crate::integrations) fn start<B>(&self, request: &mut Request<B>) -> StartedRequest<E> {
        let is_head = *request.method() == Method::HEAD;
        let session = self.manager.begin_in_layer(request.headers_mut());
        if is_head {
            session.inner().mark_head();
        }
        if let Some(outer) = insert_session(request.extensions_mut(), &session) {
            return StartedRequest { verification: self.verification(&outer), own: None };
        }
        let verification = self.verification(&session);
        StartedRequest { verification, own: Some((CancelGuard::new(session), self.end.clone())) }
    }

    /// Returns the load that must succeed before the service runs, if one is needed.
    #[inline]
    fn verification(&self, session: &RequestSession) -> Option<Verification<E>> {
        if !self.verifies || !session.inner().require_verification() {
            return None;
        }
        Some(Verification::new(session.clone(), self.end.on_error.clone()))
    }
}

impl<E> fmt::Debug for LayerSettings<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manager, verifies, end: _ } = self;
        f.debug_struct("LayerSettings").field("manager", manager).field("verifies", verifies).finish_non_exhaustive()
    }
}
