//! The events of a request, for the listeners of the application. They are emitted while no lock is held.

use tracing::Span;
use tracing::field::display;

use crate::config::event::{CredentialKind, DeletionReason, Event};
use crate::cookie::parsed_credentials::CredentialFindings;
use crate::error::{Error, ErrorKind};
use crate::record::commit::Commit;
use crate::record::id::SessionId;
use crate::request::manager_inner::ManagerInner;
use crate::request::plan::Deletion;
use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;
use crate::request::state_cell::LazyState;

impl ManagerInner {
    /// Calls the listeners. Without one, `event` is not created.
    #[inline]
    pub(crate) fn emit(&self, event: impl FnOnce() -> Event) {
        if self.config.listeners.is_active() {
            self.config.listeners.emit(&event());
        }
    }

    /// Logs and reports the findings about a request's credentials.
    #[cold]
    pub(super) fn report_findings(&self, findings: CredentialFindings) {
        self.warnings.log_findings(&self.cookies, findings);
        for (credential, count) in [
            (CredentialKind::SessionCookie, findings.undecryptable_sessions),
            (CredentialKind::StateCookie, findings.undecryptable_states),
            (CredentialKind::HeaderToken, findings.undecryptable_header_tokens),
        ] {
            for _ in 0..count {
                self.emit(|| Event::CredentialRejected { credential });
            }
        }
        for key in findings.fallback_keys.positions() {
            self.emit(|| Event::FallbackKeyUsed { key });
        }
    }

    /// Reports a stored commit that changes the token or renews the session.
    pub(super) fn report_commit(&self, session: SessionId, commit: &Commit) {
        if commit.rotation.is_some() {
            self.emit(|| Event::Rotated { session });
        } else if commit.renew_below.is_some() && !commit.is_mutation() {
            self.emit(|| Event::Renewed { session });
        }
    }
}

impl SessionInner {
    /// Returns the id of the record, if there is one.
    fn record_id(&self) -> Option<SessionId> {
        self.state().loaded.credential.as_ref().map(Credential::id)
    }

    /// Records the id of the session on the request's span, if the span has the field `session.id` (the name of
    /// OpenTelemetry). Does not parse the cookies.
    pub(crate) fn record_id_on_span(&self) {
        let span = Span::current();
        if !span.has_field("session.id") {
            return;
        }
        let id = match &*self.cell.lock_lazy() {
            LazyState::Created(state) => state.loaded.credential.as_ref().map(Credential::id),
            LazyState::Unparsed(_) => None,
        };
        if let Some(id) = id {
            span.record("session.id", display(id));
        }
    }

    /// Reports a commit or an update that was refused.
    pub(super) fn report_refusal(&self, error: &Error) {
        let kind = error.kind();
        if kind != ErrorKind::Store {
            self.manager.emit(|| Event::Refused { session: self.record_id(), kind });
        }
    }

    /// Reports an update that lost a race.
    pub(super) fn report_retry(&self) {
        self.manager.emit(|| Event::Retried { session: self.record_id() });
    }
}

impl From<Option<Deletion>> for DeletionReason {
    fn from(deletion: Option<Deletion>) -> Self {
        match deletion {
            Some(Deletion::Invalidate | Deletion::Restart) => Self::Logout,
            Some(Deletion::Delete | Deletion::LogIn) | None => Self::Application,
        }
    }
}
