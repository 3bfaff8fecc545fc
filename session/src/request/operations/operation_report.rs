//! The report of one store operation: its span, and its event for the listeners.

use std::time::Instant;

use tracing::Span;
use tracing::field::Empty;

use crate::config::event::{Event, StoreOperation, StoreOutcome};
use crate::error::StoreError;
use crate::record::id::SessionId;
use crate::request::manager_inner::ManagerInner;
use crate::store::timeout::Unavailable;

/// A running store operation. If it is dropped before its outcome, the operation was cancelled.
pub(super) struct OperationReport<'a> {
    manager: &'a ManagerInner,
    operation: StoreOperation,
    session: Option<SessionId>,
    pub(super) span: Span,
    /// Unset if no listener needs the duration.
    started: Option<Instant>,
    is_finished: bool,
}

impl<'a> OperationReport<'a> {
    pub(super) fn start(manager: &'a ManagerInner, operation: StoreOperation, session: Option<SessionId>) -> Self {
        // Names of OpenTelemetry's semantic conventions.
        let span = tracing::debug_span!(
            "session.store",
            db.operation.name = operation.name(),
            session.id = session.map(tracing::field::display),
            "error.type" = Empty,
        );
        let started = manager.config.listeners.is_active().then(Instant::now);
        Self { manager, operation, session, span, started, is_finished: false }
    }

    /// Reports the reply of the store.
    pub(super) fn report<T>(&mut self, reply: &Result<T, StoreError>) {
        self.finish(match reply {
            Ok(_) => StoreOutcome::Replied,
            Err(error) => match error.downcast_ref() {
                Some(Unavailable::TimedOut(_)) => StoreOutcome::TimedOut,
                _ => StoreOutcome::Failed,
            },
        });
    }

    fn finish(&mut self, outcome: StoreOutcome) {
        self.is_finished = true;
        if let Some(error_type) = outcome.error_type() {
            self.span.record("error.type", error_type);
        }
        if let Some(started) = self.started {
            let Self { operation, session, .. } = *self;
            let duration = started.elapsed();
            self.manager.emit(|| Event::StoreOperation { operation, session, duration, outcome });
        }
    }
}

impl Drop for OperationReport<'_> {
    /// During a panic, no listener is called: a second panic would end the process.
    fn drop(&mut self) {
        if !self.is_finished && !std::thread::panicking() {
            self.finish(StoreOutcome::Cancelled);
        }
    }
}
