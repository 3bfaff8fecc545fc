//! The checks after all requests are finished and all responses have arrived.

use session::SessionId;
use session::store::SessionStore;
use session_tests::Browser;
use session_tests::program::{Finish, OpenedBy, Program};

use super::programs::NamedProgram;
use super::reference::{Credential, RecordStatus, Reference, Values, values_of};
use super::schedule::SessionCookie;
use super::setup::{Initial, Setup, run_now};

/// Checks the store, the cookies and the cost of every request. `last` is the credential of the browser if the schedule
/// includes the order of the responses. Otherwise each response may have been the last one.
pub(crate) fn check(
    setup: &Setup,
    programs: &[&NamedProgram],
    responses: &[(usize, SessionCookie)],
    last: Option<Credential>,
) {
    let mut store_state = setup.store.state();
    let mut reference = std::mem::take(&mut store_state.reference);
    drop(store_state);
    check_store(setup, &mut reference);
    for (number, response) in responses {
        check_response(setup, &mut reference, &programs[*number].program, *number, response);
    }
    // A browser that disconnects before the response does not know its new token.
    let all_arrive = programs.iter().all(|program| !matches!(program.program.finish, Finish::Dropped(_)));
    if let Some(credential) = last.filter(|_| all_arrive) {
        let stale = matches!(reference.status(credential), RecordStatus::Replaced | RecordStatus::BeyondGrace);
        reference.check(!stale, 0, "the browser is never left with an old token of a live session");
    }
    check_cookies(setup, &mut reference, responses);
    for (number, named) in programs.iter().enumerate() {
        check_cost(&mut reference, named, number);
    }
    setup.store.state().reference = reference;
}

/// Checks that the store contains the sum of its commits, and nothing of deleted sessions.
fn check_store(setup: &Setup, reference: &mut Reference) {
    let store = setup.store.state().store.clone();
    let stored = |id: &SessionId| run_now(store.load(id, setup.time)).unwrap();
    let sessions: Vec<_> = reference.sessions.iter().map(|(id, session)| (*id, session.clone())).collect();
    for (id, session) in sessions {
        match stored(&id) {
            Some(record) => {
                reference.check(session.is_live, 0, "a deleted session is never revived");
                reference.check(values_of(&record) == session.values, 0, "no write is lost, and none is added");
                reference.check(record.token == session.token, 0, "the current token is the last one");
            }
            None => reference.check(!session.is_live, 0, "no session is lost"),
        }
    }
    for number in 0..reference.requests.len() {
        for id in reference.requests[number].deleted_ids.clone() {
            reference.check(stored(&id).is_none(), number, "an acknowledged deletion is stored");
        }
    }
}

fn check_response(
    setup: &Setup,
    reference: &mut Reference,
    program: &Program,
    number: usize,
    response: &SessionCookie,
) {
    let (new_token, removes_cookies) =
        (reference.requests[number].new_token, reference.requests[number].removes_cookies);
    match response {
        SessionCookie::ExpectedSession => {
            reference.check(new_token.is_none(), number, "a new token is sent");
            let removes = removes_cookies && matches!(program.opened_by, OpenedBy::Cookie | OpenedBy::OldCookie);
            let had_cookie = reference.requests[number].first.is_some();
            reference.check(!removes || !had_cookie, number, "a deletion removes the cookie");
        }
        SessionCookie::Removed => {
            reference.check(removes_cookies && new_token.is_none(), number, "only a deletion removes a cookie");
            let first = reference.requests[number].first.and_then(|id| reference.sessions.get(&id));
            // A token beyond the grace cannot be distinguished from the cookie of a deleted session.
            let is_live = first.is_some_and(|session| session.is_live) && setup.initial != Initial::RotatedLongAgo;
            // A logout after a login concerns the session of that login.
            let request = &reference.requests[number];
            let is_own =
                request.has_left_session || request.deleted_ids.iter().any(|id| request.created_ids.contains(id));
            reference.check(!is_live || is_own, number, "a failed logout keeps the cookie");
        }
        SessionCookie::Set(_, id) => {
            let token = new_token.filter(|(token, _)| Some(*token) == *id);
            reference.check(token.is_some(), number, "a token is sent by the request whose commit created it");
            let status = token.map(|(id, token)| reference.status((id, Some(token))));
            let stale = matches!(status, Some(RecordStatus::Replaced | RecordStatus::BeyondGrace));
            // The token was current when it was sent. A request that rotated it again got it from the browser.
            let passed_on = reference
                .requests
                .iter()
                .any(|other| token.is_some_and(|(id, token)| other.initial_credential == Some((id, Some(token)))));
            reference.check(!stale || passed_on, number, "no response overwrites a newer cookie");
            let created = reference.requests[number].created_ids.clone();
            let is_own = id.is_some_and(|id| created.contains(&id)) || *id == reference.requests[number].first;
            reference.check(
                is_own,
                number,
                "a token belongs to the session of the request or to a session that it created",
            );
        }
    }
}

/// Checks that every cookie that was ever sent reads the expected values only.
fn check_cookies(setup: &Setup, reference: &mut Reference, responses: &[(usize, SessionCookie)]) {
    let read = |browser: &Browser| run_now(setup.managers[0].open(&browser.request()).entries()).unwrap();
    let new_tokens: Vec<Option<Credential>> =
        reference.requests.iter().map(|request| request.new_token.map(|(id, token)| (id, Some(token)))).collect();
    let mut check = |browser: &Browser, credential: Option<Credential>, number: usize| {
        let live = credential.filter(|credential| reference.status(*credential) == RecordStatus::Live);
        let expected = live.map_or_else(Values::new, |(id, _)| reference.sessions[&id].values.clone());
        let map = read(browser);
        let same =
            map.len() == expected.len() && expected.iter().all(|(key, value)| map.get(key) == Some(&(*value).into()));
        let rule = if live.is_some() { "the current token shows its session" } else { "an old token reads nothing" };
        reference.check(same, number, rule);
    };
    check(&setup.browser, Some(setup.credential), 0);
    if matches!(setup.initial, Initial::Rotated | Initial::RotatedLongAgo) {
        check(&setup.old, Some(setup.old_credential), 0);
    }
    for (number, response) in responses {
        if let SessionCookie::Set(browser, _) = response {
            check(browser, new_tokens[*number], *number);
        }
    }
}

fn check_cost(reference: &mut Reference, program: &NamedProgram, number: usize) {
    let cost = reference.requests[number].cost();
    if !program.allows_cost(&cost) {
        reference.report(number, &format!("`{}` costs `{cost}`, which is not in the table", program.text));
    }
}
