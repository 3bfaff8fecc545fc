//! The log lines about changes that are ignored: after the response, and after a logout.

use crate::error::{Error, ErrorKind};
use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;

impl SessionInner {
    /// Returns an error if the response was finalized, and logs the first such call of the request.
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        let checked = self.state().check_open();
        self.log_if_late(checked)
    }

    /// Logs the first change after the response, because a task may discard the error. Call it without the lock.
    #[inline]
    pub(crate) fn log_if_late<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result
            && error.kind() == ErrorKind::Finalized
        {
            self.log_late_change();
        }
        result
    }

    /// Logs that values were written after `invalidate`. Call it without the lock.
    pub(super) fn log_ignored_write(&self) {
        let is_ignored = self.state().take_ignored_write();
        if is_ignored {
            tracing::warn!(
                "session change ignored: the request has called `invalidate` before; call `restart` instead, to write to a \
                 new session, for example a message for the next page"
            );
        }
    }

    #[cold]
    pub(super) fn log_late_change(&self) {
        let session = {
            let mut state = self.state();
            if std::mem::replace(&mut state.late_calls.is_logged, true) {
                return;
            }
            state.loaded.credential.as_ref().map(Credential::id)
        };
        tracing::error!(
            session = session.map(tracing::field::display),
            "session change ignored: the response was already finalized; in a task or a socket, use `Session::detached`"
        );
    }
}
