//! The response future of the middleware: verifies the session, runs the service, and ends the request.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use pin_project_lite::pin_project;

use crate::integrations::actix::end_response::{end_result, has_handler_error};
use crate::integrations::actix::request_scope::{MiddlewareState, RequestScope};
use crate::integrations::failure::Failure;
use crate::session::request_session::{CancelGuard, RequestSession};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;
type ServiceResult<B> = Result<ServiceResponse<B>, Error>;

/// A request whose session must be loaded before the service is called.
pub(super) struct Verification<S> {
    load: BoxFuture<Result<(), crate::error::Error>>,
    service: Rc<S>,
    request: ServiceRequest,
}

impl<S> Verification<S> {
    pub(super) fn new(session: RequestSession, service: Rc<S>, request: ServiceRequest) -> Self {
        Self { load: Box::pin(async move { session.inner().load().await }), service, request }
    }
}

pin_project! {
    #[project = SessionFutureProjection]
    /// The response future of a [`SessionMiddleware`](super::SessionMiddleware).
    pub struct SessionFuture<S: Service<ServiceRequest>, B> {
        state: Rc<MiddlewareState>,
        // Unset after the service has completed.
        scope: Option<RequestScope>,
        #[pin]
        step: Step<S, B>,
    }
}

pin_project! {
    #[project = StepProjection]
    enum Step<S: Service<ServiceRequest>, B> {
        /// The session is being loaded. Unset after the load.
        Verifying { verification: Option<Verification<S>> },
        /// The service runs.
        Handling { #[pin] response: S::Future },
        /// The session is being committed.
        Ending { end: BoxFuture<ServiceResult<EitherBody<B>>> },
    }
}

impl<S: Service<ServiceRequest>, B> SessionFuture<S, B> {
    pub(super) fn handling(state: Rc<MiddlewareState>, scope: RequestScope, response: S::Future) -> Self {
        Self { state, scope: Some(scope), step: Step::Handling { response } }
    }

    pub(super) fn verifying(state: Rc<MiddlewareState>, scope: RequestScope, verification: Verification<S>) -> Self {
        Self { state, scope: Some(scope), step: Step::Verifying { verification: Some(verification) } }
    }
}

impl<S, B> Future for SessionFuture<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Output = ServiceResult<EitherBody<B>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let SessionFutureProjection { state, scope, mut step } = self.project();
        loop {
            let next = match step.as_mut().project() {
                StepProjection::Verifying { verification } => {
                    let result = ready!(verification.as_mut().expect(POLLED_AGAIN).load.as_mut().poll(cx));
                    let Verification { service, request, .. } = verification.take().expect(POLLED_AGAIN);
                    if let Err(error) = result {
                        error.log();
                        *scope = None;
                        let response = state.settings.respond(Failure::before_handler(error));
                        return Poll::Ready(Ok(request.into_response(response).map_into_right_body()));
                    }
                    Step::Handling { response: service.call(request) }
                }
                StepProjection::Handling { response } => {
                    let result = ready!(response.poll(cx));
                    let scope = scope.take().expect(POLLED_AGAIN);
                    let is_shared = scope.is_shared();
                    let session = scope.end(&result);
                    // Most requests end here.
                    if is_shared || has_nothing_to_send(session.as_ref(), &result) {
                        complete(session);
                        return Poll::Ready(result.map(ServiceResponse::map_into_left_body));
                    }
                    let state = Rc::clone(state);
                    Step::Ending { end: Box::pin(async move { end_result(session, result, &state.settings).await }) }
                }
                StepProjection::Ending { end } => return end.as_mut().poll(cx),
            };
            step.set(next);
        }
    }
}

const POLLED_AGAIN: &str = "a completed future is not polled again";

/// Ends the request if there is nothing to commit and no header to send. Returns false if there is.
fn has_nothing_to_send<B>(session: Option<&CancelGuard>, result: &ServiceResult<B>) -> bool {
    if has_handler_error(result) {
        return false;
    }
    let Some(session) = session else { return true };
    // The response to another error may contain an error of this crate.
    result.is_ok() && session.session().end_if_nothing_to_send()
}

fn complete(session: Option<CancelGuard>) {
    if let Some(mut session) = session {
        session.complete();
    }
}
