//! Runs one request, from its first call to its response.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::HeaderMap;
use session::{Error, Session};
use session_tests::program::{Author, FIRST_USER, Finish, Program, Seen, Step, USER, Verb};

use super::paused_store::PausedStore;
use super::request::Call;
use super::setup::Setup;

/// Runs the program, and responds as the layer does: an error of the session abandons the request.
pub(crate) async fn run_request(setup: &Setup, program: &Program, number: usize, mut session: Session) -> HeaderMap {
    let mut failed = program.finish == Finish::ServerError;
    for (index, step) in program.steps.iter().enumerate() {
        let by = Author { request: number, step: index };
        if step.verb == Verb::Revoke {
            revoke(setup, number).await;
        } else if !run_step(setup, *step, by, &mut session).await {
            failed = true;
            break;
        }
    }
    let (call, mut headers) = (if failed { Call::Abandon } else { Call::Finalize }, HeaderMap::new());
    begin(setup, number, call);
    let result = if failed { session.abandon(&mut headers).await } else { session.finalize(&mut headers).await };
    let by = Author { request: number, step: program.steps.len() };
    end(setup, call, by, &result.map(|()| Seen::Nothing));
    headers
}

async fn run_step(setup: &Setup, step: Step, by: Author, session: &mut Session) -> bool {
    let call = Call::Verb(step.verb);
    begin(setup, by.request, call);
    let running = Box::pin(step.verb.run(session, by));
    let Some(result) = (CancelAfter { running: Some(running), pauses: step.cut, store: &setup.store }).await else {
        let mut state = setup.store.state();
        state.reference.note(by.request, || format!("{} is cancelled", step.verb));
        let outcome = state.reference.requests[by.request].cancelled(step.verb);
        if let Err(rule) = outcome {
            state.reference.report(by.request, rule);
        }
        return true;
    };
    end(setup, call, by, &result);
    result.is_ok()
}

fn begin(setup: &Setup, number: usize, call: Call) {
    setup.store.state().reference.requests[number].call_started(call);
}

fn end(setup: &Setup, call: Call, by: Author, result: &Result<Seen, Error>) {
    let mut state = setup.store.state();
    let reference = &mut state.reference;
    let outcome = match result {
        Ok(seen) => Ok(seen.clone()),
        Err(error) => Err(error.kind()),
    };
    reference.note(by.request, || match (call, &outcome) {
        (Call::Verb(verb), Ok(_)) => format!("{verb}: ok"),
        (Call::Verb(verb), Err(kind)) => format!("{verb}: {kind:?}"),
        (call, Ok(_)) => format!("{call:?}: ok"),
        (call, Err(kind)) => format!("{call:?}: {kind:?}"),
    });
    if let Err(rule) = reference.requests[by.request].returned(call, by, &outcome) {
        reference.report(by.request, rule);
    }
}

/// Revokes the session by its id, if it still belongs to the first user.
async fn revoke(setup: &Setup, number: usize) {
    let revoked = setup.managers[number].revoke(USER, &FIRST_USER, setup.id).await.unwrap();
    if revoked {
        setup.store.state().reference.requests[number].deleted_ids.push(setup.id);
    }
}

/// A future that is dropped after this many pauses of the store.
struct CancelAfter<'s, F> {
    running: Option<Pin<Box<F>>>,
    pauses: Option<usize>,
    store: &'s PausedStore,
}

impl<F: Future> Future for CancelAfter<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.pauses == Some(0) {
            this.running = None;
        }
        let Some(running) = &mut this.running else { return Poll::Ready(None) };
        let polled = running.as_mut().poll(context).map(Some);
        if polled.is_pending() && this.store.state().pause.is_some() {
            this.pauses = this.pauses.map(|left| left - 1);
        }
        polled
    }
}
