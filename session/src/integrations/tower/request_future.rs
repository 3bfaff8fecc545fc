//! The response future of the session layers: verifies the session, runs the service, and finalizes the session.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::error::Error;
use crate::integrations::end_request::end_request;
use crate::integrations::failure::{Failure, FailureHandler};
use crate::integrations::handler_error::HandlerError;
use crate::integrations::tower::end_settings::EndSettings;
use crate::session::request_session::{CancelGuard, RequestSession};

/// The load that must succeed before the service runs.
pub(in crate::integrations) struct Verification<E> {
    load: Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>,
    on_error: E,
}

impl<E> Verification<E> {
    pub(super) fn new(session: RequestSession, on_error: E) -> Self {
        Self { load: Box::pin(async move { session.inner().load().await }), on_error }
    }
}

/// A request whose service has not been called yet.
pub(in crate::integrations) struct StartedRequest<E> {
    pub(super) verification: Option<Verification<E>>,
    /// Unset if an outer layer commits the session.
    pub(super) own: Option<(CancelGuard, EndSettings<E>)>,
}

pin_project! {
    #[project = SessionFutureProjection]
    /// The response future of a session layer.
    pub struct SessionFuture<F, E, R, X> {
        verification: Option<Verification<E>>,
        #[pin]
        step: Step<F, E, R, X>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<F, E, R, X> {
        /// The service runs. An outer layer commits the session.
        Nested { #[pin] response: F },
        /// The service runs.
        Handling { #[pin] response: F, session: CancelGuard, end: EndSettings<E> },
        /// The session is being committed.
        Ending { end: Pin<Box<dyn Future<Output = Result<R, X>> + Send>> },
    }
}

impl<F, E, R, X> SessionFuture<F, E, R, X> {
    #[inline]
    pub(in crate::integrations) fn new(request: StartedRequest<E>, response: F) -> Self {
        let step = match request.own {
            Some((session, end)) => Step::Handling { response, session, end },
            None => Step::Nested { response },
        };
        Self { verification: request.verification, step }
    }
}

impl<F, E, B, X> Future for SessionFuture<F, E, Response<B>, X>
where
    F: Future<Output = Result<Response<B>, X>>,
    E: FailureHandler<B> + Send + 'static,
    B: Send + 'static,
    X: Send + 'static,
{
    type Output = Result<Response<B>, X>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let SessionFutureProjection { verification, mut step } = self.project();
        if let Some(Verification { load, on_error }) = verification {
            if let Err(error) = ready!(load.as_mut().poll(cx)) {
                error.log();
                return Poll::Ready(Ok(respond(on_error, Failure::before_handler(error))));
            }
            *verification = None;
        }
        loop {
            let end = match step.as_mut().project() {
                StepProjection::Nested { response } => return response.poll(cx),
                StepProjection::Ending { end } => return end.as_mut().poll(cx),
                StepProjection::Handling { response, session, end } => {
                    let result = ready!(response.poll(cx));
                    // Most requests end here.
                    if has_nothing_to_send(session.session(), &result) {
                        session.complete();
                        return Poll::Ready(result);
                    }
                    Box::pin(end_service(std::mem::take(session), result, end.clone()))
                }
            };
            step.set(Step::Ending { end });
        }
    }
}

/// Ends the request if there is nothing to commit and no header to send. Returns false if there is.
fn has_nothing_to_send<B, X>(session: &RequestSession, result: &Result<Response<B>, X>) -> bool {
    let has_error = result.as_ref().is_ok_and(|response| response.extensions().get::<HandlerError>().is_some());
    !has_error && session.end_if_nothing_to_send()
}

/// Commits the session, or only a deletion if the request failed, and adds the headers to the response.
async fn end_service<B, X, E: FailureHandler<B>>(
    mut guard: CancelGuard,
    result: Result<Response<B>, X>,
    end: EndSettings<E>,
) -> Result<Response<B>, X> {
    let session = guard.session().clone();
    let mut response = match result {
        Ok(response) => response,
        Err(error) => {
            // There is no response for the headers.
            _ = session.end_as(true, None).await;
            guard.complete();
            return Err(error);
        }
    };
    let handler_error = response.extensions_mut().remove::<HandlerError>().map(|HandlerError(error)| error);
    let is_failed = end.is_failed(&response);
    let on_error = move |failure| respond(&end.on_error, failure);
    let (mut response, headers) = end_request(Some(session), response, handler_error, is_failed, on_error).await;
    guard.complete();
    headers.apply_to(response.headers_mut());
    Ok(response)
}

/// Returns the response to a failed session operation.
///
/// `on_error` may return the response of an [`Error`]. Without this removal, it would be an error of the handler for a layer
/// outside with another manager.
fn respond<B, E: FailureHandler<B>>(on_error: &E, failure: Failure<Response<B>>) -> Response<B> {
    let mut response = on_error.respond(failure);
    response.extensions_mut().remove::<HandlerError>();
    response
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use http::Request;

    use super::*;
    use crate::config::secret_key::SecretKey;
    use crate::config::session_config::SessionConfig;
    use crate::integrations::failure::EmptyResponse;
    use crate::integrations::tower::layer_settings::LayerSettings;
    use crate::integrations::tower::session;
    use crate::request::session_inner::SessionInner;
    use crate::session::manager::session_manager::SessionManager;
    use crate::store::MemoryStore;

    type Output = Result<Response<()>, ()>;

    /// Starts a request whose handler writes and then returns `response`. Returns its future and its session.
    async fn start<F: Future<Output = Output>>(response: F) -> (impl Future<Output = Output>, Arc<SessionInner>) {
        let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
        let settings = LayerSettings::<EmptyResponse>::new(manager);
        let mut request = Request::new(());
        let future = SessionFuture::new(settings.start(&mut request), response);
        let mut handle = session(request.extensions()).unwrap();
        handle.insert("a", 1).await.unwrap();
        (future, Arc::clone(handle.inner()))
    }

    fn is_cancelled(session: &SessionInner) -> bool {
        session.is_cancelled.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_while_its_handler_runs_is_cancelled() {
        let (future, session) = start(pending()).await;
        assert!(!is_cancelled(&session));
        drop(future);
        assert!(is_cancelled(&session));
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_during_its_commit_is_cancelled() {
        let (future, session) = start(ready(Ok(Response::new(())))).await;
        let lock = session.operation_lock.lock().await;
        let mut future = Box::pin(future);
        let poll = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await;
        assert!(poll, "the commit waits for the lock");
        assert!(!is_cancelled(&session));
        drop(future);
        assert!(is_cancelled(&session));
        drop(lock);
    }

    #[tokio::test]
    async fn a_request_that_completes_is_not_cancelled() {
        for result in [Ok(Response::new(())), Err(())] {
            let (future, session) = start(ready(result)).await;
            _ = future.await;
            assert!(!is_cancelled(&session));
        }
    }
}
