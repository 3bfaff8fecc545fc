//! The expected result of one step in the model.

use std::collections::BTreeMap;

use super::driver::Stored;
use super::operations::SetCookie;
use super::request::StepContext;
use super::script::{Call, JOB, Step, browser_of};
use super::state::{Choices, ModelState, Output, Reply, Stop, StoreCalls};

/// The output of a step, and the cookies of its response.
pub(crate) struct Expected {
    pub out: Output,
    pub cookies: String,
}

/// The live records from this number.
pub(crate) fn stored(state: &ModelState, first: usize) -> BTreeMap<usize, Stored> {
    let shown = (first..state.records.len()).filter_map(|number| Some((number, state.live(number)?)));
    shown
        .map(|(number, record)| {
            let stored = Stored {
                created: record.created,
                rotated: record.rotated,
                last_seen: record.last_seen,
                times: record.times,
                label: record.label,
                values: record.values.clone(),
            };
            (number, stored)
        })
        .collect()
}

fn output(result: Result<Output, Stop>) -> Output {
    match result {
        Ok(out) => out,
        Err(Stop::Failed(kind)) => Output::Error(kind),
        Err(Stop::Cancelled) => Output::Cancelled,
    }
}

pub(crate) fn step(state: &mut ModelState, step: Step, store: &mut StoreCalls, choices: &mut Choices) -> Expected {
    let mut cookies = String::new();
    let out = match step {
        Step::Do(tab, call, _) => run_call(state, tab, call, store, choices, &mut cookies),
        Step::OpenVerified(tab, _) => {
            let before = state.requests[tab].take();
            let out = run_call(state, tab, Call::IsEmpty, store, choices, &mut cookies);
            if matches!(out, Output::Bool(_)) {
                Output::Done
            } else {
                state.requests[tab] = before;
                out
            }
        }
        Step::Disconnect(tab) => {
            state.requests[tab] = None;
            Output::Done
        }
        Step::Wait(time) => {
            state.now += time;
            Output::Done
        }
        Step::Copy => {
            state.cookies[1] = state.cookies[0].clone();
            Output::Done
        }
        Step::Garble(browser) => {
            state.cookies[browser].session = state.cookies[browser].session.take().map(|_| Err(()));
            Output::Done
        }
        Step::LoseState(browser) => {
            state.cookies[browser].state = None;
            Output::Done
        }
        Step::NewKey => {
            state.key += 1;
            Output::Done
        }
        Step::Find(user) => {
            store.operations.push("find");
            Output::Found(state.find(user))
        }
        Step::Revoke(_, session) if session >= state.records.len() => Output::Done,
        Step::Revoke(user, session) => {
            store.operations.push("delete");
            let carries = state.find(user).contains(&session);
            Output::Bool(carries && matches!(state.delete(session, None), Reply::Done))
        }
        Step::RevokeAll(user, except) => {
            store.operations.push("find");
            let found: Vec<usize> = state.find(user).into_iter().filter(|number| Some(*number) != except).collect();
            for number in &found {
                store.operations.push("delete");
                state.delete(*number, None);
            }
            Output::Count(found.len())
        }
        Step::Sweep => {
            store.operations.push("delete_expired");
            Output::Done
        }
    };
    Expected { out, cookies }
}

fn run_call(
    state: &mut ModelState,
    tab: usize,
    call: Call,
    store: &mut StoreCalls,
    choices: &mut Choices,
    cookies: &mut String,
) -> Output {
    let Some(mut request) = state.requests[tab].take().or_else(|| state.request(tab)) else { return Output::Done };
    let jar = request.cookies.clone();
    let mut context = StepContext { state, request: &mut request, store, choices };
    if !matches!(call, Call::Finalize | Call::FinalizeUnseen | Call::Abandon) {
        let out = output(context.call(call, &jar));
        state.requests[tab] = Some(request);
        return out;
    }
    let (result, session, client) = context.respond(call == Call::Abandon, &jar);
    if call != Call::FinalizeUnseen && tab != JOB {
        let words = [session.as_ref().map(|sent| sent.word("session")), client.as_ref().map(|sent| sent.word("state"))];
        *cookies = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        keep(state, browser_of(tab), session, client);
    }
    output(result.map(|()| Output::Done))
}

/// Stores the cookies of a response in the browser.
fn keep(state: &mut ModelState, browser: usize, session: Option<SetCookie>, client: Option<SetCookie>) {
    let cookies = &mut state.cookies[browser];
    for sent in [session, client].into_iter().flatten() {
        match sent {
            SetCookie::Session(sealed) => cookies.session = Some(Ok(sealed)),
            SetCookie::State(sealed) => cookies.state = Some(sealed),
            SetCookie::NoSession => cookies.session = None,
            SetCookie::NoState => cookies.state = None,
        }
    }
}
