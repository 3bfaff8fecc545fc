//! One request, from its first verb to its answer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::HeaderMap;
use session::{Error, Session};
use session_tests::program::{Author, Ending, FIRST_USER, Program, Seen, Step, USER, Verb};

use super::request::Call;
use super::setup::World;

/// Does what the program says, and answers as the layer does: an error of the session's own abandons the rest.
pub(crate) async fn serve(world: &World, program: &Program, number: usize, mut session: Session) -> HeaderMap {
    let mut failed = program.ending == Ending::ServerError;
    for (index, step) in program.steps.iter().enumerate() {
        let by = Author { request: number, step: index };
        if step.verb == Verb::Revoke {
            revoke(world, number).await;
        } else if !take_step(world, *step, by, &mut session).await {
            failed = true;
            break;
        }
    }
    let (call, mut headers) = (if failed { Call::Abandon } else { Call::Finalize }, HeaderMap::new());
    begin(world, number, call);
    let result = if failed { session.abandon(&mut headers).await } else { session.finalize(&mut headers).await };
    let by = Author { request: number, step: program.steps.len() };
    end(world, call, by, &result.map(|()| Seen::Nothing));
    headers
}

async fn take_step(world: &World, step: Step, by: Author, session: &mut Session) -> bool {
    let call = Call::Verb(step.verb);
    begin(world, by.request, call);
    let running = Box::pin(step.verb.run(session, by));
    let Some(result) = (CutShort { running: Some(running), pauses: step.cut }).await else {
        let mut scene = world.stage.scene();
        scene.ledger.note(by.request, || format!("{} is cut short", step.verb));
        scene.ledger.requests[by.request].cut_short(step.verb);
        return true;
    };
    end(world, call, by, &result);
    result.is_ok()
}

fn begin(world: &World, number: usize, call: Call) {
    world.stage.scene().ledger.requests[number].begins(call);
}

fn end(world: &World, call: Call, by: Author, result: &Result<Seen, Error>) {
    let mut scene = world.stage.scene();
    let ledger = &mut scene.ledger;
    let told = match result {
        Ok(seen) => Ok(seen.clone()),
        Err(error) => Err(error.kind()),
    };
    ledger.note(by.request, || match (call, &told) {
        (Call::Verb(verb), Ok(_)) => format!("{verb}: ok"),
        (Call::Verb(verb), Err(kind)) => format!("{verb}: {kind:?}"),
        (call, Ok(_)) => format!("{call:?}: ok"),
        (call, Err(kind)) => format!("{call:?}: {kind:?}"),
    });
    if let Err(promise) = ledger.requests[by.request].returned(call, by, &told) {
        ledger.break_off(by.request, promise);
    }
}

/// Ends the session from another place, if it is still the first user's.
async fn revoke(world: &World, number: usize) {
    let revoked = world.manager.revoke(USER, &FIRST_USER, world.id).await.unwrap();
    if revoked {
        world.stage.scene().ledger.requests[number].ended.push(world.id);
    }
}

/// A wait that somebody gives up after so many pauses.
struct CutShort<F> {
    running: Option<Pin<Box<F>>>,
    pauses: Option<usize>,
}

impl<F: Future> Future for CutShort<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.pauses == Some(0) {
            this.running = None;
        }
        let Some(running) = &mut this.running else { return Poll::Ready(None) };
        let polled = running.as_mut().poll(context).map(Some);
        if polled.is_pending() {
            this.pauses = this.pauses.map(|left| left - 1);
        }
        polled
    }
}
