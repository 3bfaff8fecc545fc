//! The detection of requests that the client cancels.

use crate::session::request_session::RequestSession;

/// The session of a running request. Marks it as cancelled if the request's future is dropped before it completes.
#[derive(Default)]
pub(super) struct CancelGuard(Option<RequestSession>);

impl CancelGuard {
    #[inline]
    pub(super) fn new(session: RequestSession) -> Self {
        Self(Some(session))
    }

    #[inline]
    pub(super) fn session(&self) -> &RequestSession {
        self.0.as_ref().expect("a completed future is not polled again")
    }

    #[inline]
    pub(super) fn complete(&mut self) {
        self.0 = None;
    }
}

impl Drop for CancelGuard {
    #[inline]
    fn drop(&mut self) {
        if let Some(session) = &self.0 {
            session.mark_cancelled();
        }
    }
}
