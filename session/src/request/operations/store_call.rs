//! One store call of a request: its timeout, its report, its error, and the order of the calls of several handles.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::MutexGuard;

use crate::config::event::StoreOperation;
use crate::error::{Error, StoreError};
use crate::record::id::SessionId;
use crate::request::manager_inner::ManagerInner;
use crate::request::operations::operation_report::OperationReport;
use crate::request::operations::timer::{Timer, operation_timer, wait_timer, within};
use crate::request::session_inner::SessionInner;
use crate::store::timeout::Unavailable;

/// The future that a store returns for an operation.
type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// One store operation within its timeout.
pub(crate) struct StoreCall<'a, T> {
    operation: StoreFuture<'a, T>,
    report: OperationReport<'a>,
    timeout: Duration,
    /// Unset until the operation is pending: most operations of an embedded store are ready at once.
    timer: Option<Timer>,
}

impl<T> Future for StoreCall<'_, T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { operation, report, timeout, timer } = &mut *self;
        let mut polled = report.span.in_scope(|| operation.as_mut().poll(context));
        if polled.is_pending() {
            let timer = timer.get_or_insert_with(|| operation_timer(*timeout));
            polled = timer.as_mut().poll(context).map(|()| Err(Unavailable::TimedOut(*timeout).into()));
        }
        if let Poll::Ready(reply) = &polled {
            report.report(reply);
        }
        polled
    }
}

impl ManagerInner {
    /// Runs one store operation within the timeout, in a span, and reports it. `session` is unset if the operation is not about
    /// one session.
    pub(crate) fn call<'a, T>(
        &'a self,
        operation: StoreOperation,
        session: impl Into<Option<SessionId>>,
        future: StoreFuture<'a, T>,
    ) -> StoreCall<'a, T> {
        let report = OperationReport::start(self, operation, session.into());
        StoreCall { operation: future, report, timeout: self.config.store_timeout, timer: None }
    }
}

impl SessionInner {
    /// Runs one store operation of this request within the timeout. After an operation that could not reach the store,
    /// later ones fail at once.
    pub(super) async fn call<'a, T>(
        &'a self,
        operation: StoreOperation,
        session: SessionId,
        future: StoreFuture<'a, T>,
    ) -> Result<T, StoreError> {
        if self.is_store_unavailable.load(Ordering::Relaxed) {
            return Err(Unavailable::not_sent("an earlier operation of this request could not reach the store").into());
        }
        let result = self.manager.call(operation, session, future).await;
        if let Err(error) = &result
            && self.note_error(&**error)
        {
            *self.unlogged_store_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
        result
    }

    /// Notes an error of a store operation of this request. Returns true if the later operations fail at once.
    pub(super) fn note_error(&self, error: &(dyn StdError + 'static)) -> bool {
        // A handle without a browser is not bound to a request.
        let is_unavailable = error.is::<Unavailable>() && self.state().has_browser();
        if is_unavailable {
            self.is_store_unavailable.store(true, Ordering::Relaxed);
        }
        is_unavailable
    }

    /// Returns the error of the operation that could not reach the store, unless the error was taken before.
    pub(crate) fn take_unlogged_store_error(&self) -> Option<String> {
        if !self.is_store_unavailable.load(Ordering::Relaxed) {
            return None;
        }
        self.unlogged_store_error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits until no other handle of this request runs a store operation.
    #[inline]
    pub(super) async fn lock_operation(&self) -> Result<MutexGuard<'_, ()>, Error> {
        match self.operation_lock.try_lock() {
            Ok(lock) => Ok(lock),
            Err(_) => self.wait_for_operation().await,
        }
    }

    #[cold]
    async fn wait_for_operation(&self) -> Result<MutexGuard<'_, ()>, Error> {
        let timeout = self.manager.config.store_timeout;
        let locked = within(self.operation_lock.lock(), || wait_timer(timeout)).await;
        locked.ok_or_else(|| {
            Error::store("wait for another handle of this request", Unavailable::TimedOut(timeout).into())
        })
    }
}
