//! The settings of a session layer, and the start of a request with them.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Request, StatusCode, header};

use crate::integrations::end_request::EndSettings;
use crate::integrations::request_future::{CancelGuard, SessionFuture, Verification};
use crate::integrations::session_extension::SessionExtension;
use crate::request::session_inner::SessionInner;
use crate::session::manager::SessionManager;

/// The settings of a session layer. `E` creates the response to a failed session operation.
#[derive(Clone)]
pub(super) struct LayerSettings<E> {
    manager: SessionManager,
    verifies: bool,
    end: EndSettings<E>,
}

impl<E: Default> LayerSettings<E> {
    pub(super) fn new(manager: SessionManager) -> Self {
        Self { manager, verifies: false, end: EndSettings { on_error: E::default(), fails_if: None } }
    }
}

impl<E> LayerSettings<E> {
    pub(super) fn verified(self) -> Self {
        Self { verifies: true, ..self }
    }

    pub(super) fn on_error<F>(self, on_error: F) -> LayerSettings<F> {
        let Self { manager, verifies, end } = self;
        LayerSettings { manager, verifies, end: EndSettings { on_error, fails_if: end.fails_if } }
    }

    pub(super) fn fails_if(mut self, fails: impl Fn(StatusCode, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        self.end.fails_if = Some(Arc::new(fails));
        self
    }
}

impl<E: Clone> LayerSettings<E> {
    /// Opens the session of a request, and runs the service, which `run` calls.
    pub(super) fn call<B, F, R, X>(
        &self,
        mut request: Request<B>,
        run: impl FnOnce(Request<B>) -> F,
    ) -> SessionFuture<F, E, R, X> {
        let session = self.manager.new_request(request.headers());
        self.hide_cookies(request.headers_mut());
        if let Some(shared) = SessionExtension::insert(request.extensions_mut(), &session) {
            return SessionFuture::nested(self.verification(&shared), run(request));
        }
        let verification = self.verification(&session);
        SessionFuture::new(verification, run(request), CancelGuard::new(session), self.end.clone())
    }

    /// Marks the `Cookie` headers with our cookies as sensitive, so that middleware inside of the layer does not log them.
    fn hide_cookies(&self, request: &mut HeaderMap) {
        let cookies = &self.manager.inner().cookies;
        // If no header name occurs twice, one lookup is enough.
        if request.len() == request.keys_len() {
            if let Some(value) = request.get_mut(header::COOKIE)
                && cookies.are_in(value.as_bytes())
            {
                value.set_sensitive(true);
            }
            return;
        }
        for (name, value) in request.iter_mut() {
            if name == header::COOKIE && cookies.are_in(value.as_bytes()) {
                value.set_sensitive(true);
            }
        }
    }

    /// Returns the load that must succeed before the service runs, if one is needed.
    fn verification(&self, session: &Arc<SessionInner>) -> Option<Verification<E>> {
        if !self.verifies || !session.require_verification() {
            return None;
        }
        Some(Verification::new(Arc::clone(session), self.end.on_error.clone()))
    }
}

impl<E> fmt::Debug for LayerSettings<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manager, verifies, end: _ } = self;
        f.debug_struct("LayerSettings").field("manager", manager).field("verifies", verifies).finish_non_exhaustive()
    }
}
