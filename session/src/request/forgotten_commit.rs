//! The warning about changes that no commit has sent, when the last handle of a request is dropped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;
use crate::request::state_cell::LazyState;

/// Set after the first warning of this process about a request.
static HAS_WARNED: AtomicBool = AtomicBool::new(false);

impl SessionInner {
    /// The client cancelled the request, so that its changes are discarded without a warning.
    pub(crate) fn mark_cancelled(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

impl Drop for SessionInner {
    fn drop(&mut self) {
        if *self.is_cancelled.get_mut() || thread::panicking() {
            return;
        }
        let LazyState::Created(state) = self.cell.get_mut() else { return };
        if !state.has_forgotten_changes() {
            return;
        }
        let session = state.loaded.credential.as_ref().map(Credential::id).map(tracing::field::display);
        if !state.has_browser() {
            tracing::warn!(
                session,
                "changes discarded: no `sync` stored them before the last handle of this session was dropped"
            );
        } else if HAS_WARNED.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                session,
                "changes discarded: the request ended without `finalize`, `abandon` or `RequestSession::end`"
            );
        } else {
            tracing::warn!(
                session,
                "changes discarded: the request ended without `finalize`, `abandon` or `RequestSession::end`; a request that the client cancelled \
                 looks the same"
            );
        }
    }
}
