//! One step of the model, and what it is to show.

use std::collections::BTreeMap;

use super::driver::Stored;
use super::operations::Sent;
use super::request::Turn;
use super::script::{Act, JOB, Step, browser_of};
use super::world::{Choices, Out, Reply, Stop, Wire, World};

/// What a step says, and the cookies it sends.
pub(crate) struct Expected {
    pub out: Out,
    pub cookies: String,
}

/// The live records, from this number on.
pub(crate) fn stored(world: &World, first: usize) -> BTreeMap<usize, Stored> {
    let shown = (first..world.records.len()).filter_map(|number| Some((number, world.live(number)?)));
    shown
        .map(|(number, record)| {
            let stored = Stored {
                created: record.created,
                rotated: record.rotated,
                seen: record.seen,
                times: record.times,
                label: record.label,
                values: record.values.clone(),
            };
            (number, stored)
        })
        .collect()
}

fn said(result: Result<Out, Stop>) -> Out {
    match result {
        Ok(out) => out,
        Err(Stop::Refused(kind)) => Out::Refused(kind),
        Err(Stop::Cut) => Out::Cut,
    }
}

pub(crate) fn step(world: &mut World, step: Step, wire: &mut Wire, choices: &mut Choices) -> Expected {
    let mut cookies = String::new();
    let out = match step {
        Step::Do(tab, act, _) => act_on(world, tab, act, wire, choices, &mut cookies),
        Step::OpenVerified(tab, _) => {
            let before = world.requests[tab].take();
            let out = act_on(world, tab, Act::IsEmpty, wire, choices, &mut cookies);
            if matches!(out, Out::Bool(_)) {
                Out::Done
            } else {
                world.requests[tab] = before;
                out
            }
        }
        Step::Leave(tab) => {
            world.requests[tab] = None;
            Out::Done
        }
        Step::Wait(time) => {
            world.now += time;
            Out::Done
        }
        Step::Copy => {
            world.jars[1] = world.jars[0].clone();
            Out::Done
        }
        Step::Garble(browser) => {
            world.jars[browser].session = world.jars[browser].session.take().map(|_| Err(()));
            Out::Done
        }
        Step::LoseState(browser) => {
            world.jars[browser].state = None;
            Out::Done
        }
        Step::NewKey => {
            world.key += 1;
            Out::Done
        }
        Step::Find(user) => {
            wire.operations.push("find");
            Out::Found(world.find(user))
        }
        Step::Revoke(_, session) if session >= world.records.len() => Out::Done,
        Step::Revoke(user, session) => {
            wire.operations.push("delete");
            let carries = world.find(user).contains(&session);
            Out::Bool(carries && matches!(world.delete(session, None), Reply::Done))
        }
        Step::RevokeAll(user, except) => {
            wire.operations.push("find");
            let found: Vec<usize> = world.find(user).into_iter().filter(|number| Some(*number) != except).collect();
            for number in &found {
                wire.operations.push("delete");
                world.delete(*number, None);
            }
            Out::Count(found.len())
        }
        Step::Sweep => {
            wire.operations.push("delete_expired");
            Out::Done
        }
    };
    Expected { out, cookies }
}

fn act_on(
    world: &mut World,
    tab: usize,
    act: Act,
    wire: &mut Wire,
    choices: &mut Choices,
    cookies: &mut String,
) -> Out {
    let Some(mut request) = world.requests[tab].take().or_else(|| world.request(tab)) else { return Out::Done };
    let jar = request.jar.clone();
    let mut turn = Turn { world, request: &mut request, wire, choices };
    if !matches!(act, Act::Finalize | Act::FinalizeUnseen | Act::Abandon) {
        let out = said(turn.act(act, &jar));
        world.requests[tab] = Some(request);
        return out;
    }
    let (result, session, state) = turn.answer(act == Act::Abandon, &jar);
    if act != Act::FinalizeUnseen && tab != JOB {
        let words = [session.as_ref().map(|sent| sent.word("session")), state.as_ref().map(|sent| sent.word("state"))];
        *cookies = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        keep(world, browser_of(tab), session, state);
    }
    said(result.map(|()| Out::Done))
}

/// A browser keeps what it is sent.
fn keep(world: &mut World, browser: usize, session: Option<Sent>, state: Option<Sent>) {
    let jar = &mut world.jars[browser];
    for sent in [session, state].into_iter().flatten() {
        match sent {
            Sent::Session(sealed) => jar.session = Some(Ok(sealed)),
            Sent::State(sealed) => jar.state = Some(sealed),
            Sent::NoSession => jar.session = None,
            Sent::NoState => jar.state = None,
        }
    }
}
