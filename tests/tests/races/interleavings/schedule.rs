//! Enumerates every order of the steps of the requests, depth first.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, HeaderValue, header};
use session::SessionId;
use session_tests::Browser;
use session_tests::program::{Finish, OpenedBy};

use super::final_checks;
use super::paused_store::Pause;
use super::programs::NamedProgram;
use super::reference::{Credential, letter};
use super::request::Request;
use super::runner::run_request;
use super::setup::Setup;

/// The unit of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    /// From one pause to the next.
    Pauses,
    /// One store operation and everything until the next one. Code between two operations touches no shared state, so
    /// other orders have the same outcomes.
    Operations,
    /// As `Operations`. In addition, a request opens at its first step with the current cookies of the browser, and the
    /// arrival of its response is a separate step.
    Responses,
}

pub(crate) struct Scenario<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) programs: &'a [&'a NamedProgram],
    pub(crate) steps: Steps,
}

/// A path through the tree of choices, with the number of choices at each node.
#[derive(Default)]
struct Path {
    taken: Vec<(usize, usize)>,
    depth: usize,
}

impl Path {
    fn choose(&mut self, width: usize) -> usize {
        if self.depth == self.taken.len() {
            self.taken.push((0, width));
        }
        self.depth += 1;
        self.taken[self.depth - 1].0
    }

    /// Moves to the next path. Returns false after the last one.
    fn advance(&mut self) -> bool {
        self.depth = 0;
        while let Some((choice, width)) = self.taken.pop() {
            if choice + 1 < width {
                self.taken.push((choice + 1, width));
                return true;
            }
        }
        false
    }
}

impl Scenario<'_> {
    /// Runs every schedule, and returns their number.
    ///
    /// # Panics
    ///
    /// Panics if a schedule breaks a rule, and prints it as a script.
    pub(crate) fn explore(&self) -> u64 {
        let mut schedules = 0;
        self.each(|| schedules += 1);
        schedules
    }

    /// Runs every schedule of updates in one process, and returns how often an update waited for another one.
    ///
    /// # Panics
    ///
    /// Panics if a schedule breaks a rule, or if an update has a conflict.
    pub(crate) fn explore_without_conflicts(&self) -> usize {
        let mut waits = 0;
        self.each(|| {
            let reference = &self.setup.store.state().reference;
            let conflicts: usize = reference.requests.iter().map(|request| request.conflicts).sum();
            let texts = self.programs.iter().map(|program| &program.text);
            assert_eq!(conflicts, 0, "{:?}", texts.collect::<Vec<_>>());
            waits += reference.waits;
        });
        waits
    }

    /// Returns the outcomes of all schedules.
    pub(crate) fn outcomes(&self) -> BTreeSet<String> {
        let mut outcomes = BTreeSet::new();
        self.each(|| _ = outcomes.insert(self.setup.store.state().reference.outcome()));
        outcomes
    }

    fn each(&self, mut after: impl FnMut()) {
        let mut path = Path::default();
        loop {
            let (letters, violation) = self.run(&mut |enabled| enabled[path.choose(enabled.len())], false);
            if let Some(rule) = violation {
                self.fail(&letters, &rule);
            }
            after();
            if !path.advance() {
                return;
            }
        }
    }

    /// Runs the schedule with this order of steps.
    pub(crate) fn replay(&self, letters: &str) {
        let mut turns = letters.bytes().map(|letter| usize::from(letter - b'A'));
        let (ran, violation) =
            self.run(&mut |enabled| turns.next().filter(|turn| enabled.contains(turn)).unwrap_or(enabled[0]), true);
        assert_eq!(ran, letters, "the schedule belongs to these requests");
        if let Some(rule) = violation {
            self.fail(letters, &rule);
        }
    }

    fn fail(&self, letters: &str, rule: &str) -> ! {
        let mut turns = letters.bytes().map(|letter| usize::from(letter - b'A'));
        self.run(&mut |enabled| turns.next().unwrap_or(enabled[0]), true);
        let log = self.setup.store.state().reference.log.take().unwrap_or_default();
        panic!(
            "{rule}\n\n{}\n\nreplay(Initial::{:?}, Steps::{:?}, &{:?}, \"{letters}\");\n",
            log.join("\n"),
            self.setup.initial,
            self.steps,
            self.programs.iter().map(|program| &program.text).collect::<Vec<_>>(),
        );
    }

    fn run(&self, choose: &mut dyn FnMut(&[usize]) -> usize, logs: bool) -> (String, Option<String>) {
        self.setup.reset(self.programs.len(), logs);
        let mut run = Run::new(self);
        let mut letters = String::new();
        let mut enabled = Vec::with_capacity(self.programs.len());
        loop {
            enabled.clear();
            enabled.extend((0..run.slots.len()).filter(|number| !run.slots[*number].is_done() && !run.waits[*number]));
            if enabled.is_empty() {
                break;
            }
            let number = choose(&enabled);
            letters.push(letter(number));
            run.step(number);
            run.retry_waiting();
        }
        run.finish();
        (letters, self.setup.store.state().reference.violation.take())
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = HeaderMap> + 'a>>;

enum Slot<'a> {
    Unopened,
    Running(Running<'a>, usize),
    Finished(HeaderMap),
    Done,
}

impl Slot<'_> {
    fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }
}

/// The cookies of the browser, and the credential that they contain.
struct BrowserState {
    browser: Browser,
    credential: Option<Credential>,
}

struct Run<'a> {
    scenario: &'a Scenario<'a>,
    slots: Vec<Slot<'a>>,
    /// Set for an update that waits for another one in the same process, until another request has moved.
    waits: Vec<bool>,
    jar: BrowserState,
    responses: Vec<(usize, SessionCookie)>,
}

impl BrowserState {
    fn keep(&mut self, headers: &HeaderMap) {
        self.browser.keep(headers);
    }
}

/// The session cookie of a response.
pub(crate) enum SessionCookie {
    ExpectedSession,
    Removed,
    /// A browser with only this cookie, and the id of its session.
    Set(Browser, Option<SessionId>),
}

impl SessionCookie {
    fn from_headers(headers: &HeaderMap, setup: &Setup) -> Self {
        let is_ours = |line: &&HeaderValue| line.as_bytes().starts_with(b"__Host-id=");
        let Some(line) = headers.get_all(header::SET_COOKIE).iter().find(is_ours) else { return Self::ExpectedSession };
        let mut browser = Browser::default();
        browser.keep(&[(header::SET_COOKIE, line.clone())].into_iter().collect());
        if browser.cookies.is_empty() {
            return Self::Removed;
        }
        let id = setup.managers[0].open(&browser.request()).id();
        Self::Set(browser, id)
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpectedSession => "none",
            Self::Removed => "removed",
            Self::Set(..) => "set",
        })
    }
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario<'a>) -> Self {
        let jar = BrowserState { browser: scenario.setup.browser.clone(), credential: Some(scenario.setup.credential) };
        let slots: Vec<_> = scenario.programs.iter().map(|_| Slot::Unopened).collect();
        let waits = vec![false; slots.len()];
        let mut run = Self { scenario, slots, waits, jar, responses: Vec::new() };
        if scenario.steps != Steps::Responses {
            for number in 0..run.slots.len() {
                run.open(number);
                if scenario.steps == Steps::Operations {
                    run.proceed(number);
                }
            }
        }
        run
    }

    fn open(&mut self, number: usize) {
        let (setup, program) = (self.scenario.setup, &self.scenario.programs[number].program);
        let (session, credential) = if self.scenario.steps == Steps::Responses && program.opened_by == OpenedBy::Cookie
        {
            (setup.managers[number].open(&self.jar.browser.request()), self.jar.credential)
        } else {
            setup.open(number, program)
        };
        setup.store.state().reference.requests[number] = Request::new(credential);
        self.slots[number] = Slot::Running(Box::pin(run_request(setup, program, number, session)), 0);
    }

    fn step(&mut self, number: usize) {
        match std::mem::replace(&mut self.slots[number], Slot::Done) {
            Slot::Unopened => {
                self.open(number);
                self.proceed(number);
            }
            Slot::Finished(headers) => self.deliver(number, &headers),
            serving => {
                self.slots[number] = serving;
                self.proceed(number);
            }
        }
    }

    /// Runs a request until its next pause.
    fn proceed(&mut self, number: usize) {
        let Slot::Running(serving, pauses) = &mut self.slots[number] else { return };
        let store = &self.scenario.setup.store;
        loop {
            store.state().current = Some(number);
            let polled = serving.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            let mut state = store.state();
            state.current = None;
            if let Poll::Ready(headers) = polled {
                drop(state);
                self.finished(number, headers);
                return;
            }
            let Some(pause) = state.pause.take() else {
                assert!(self.scenario.setup.is_shared, "only the store pauses a request");
                state.reference.waits += 1;
                self.waits[number] = true;
                return;
            };
            *pauses += 1;
            if self.scenario.programs[number].program.finish == Finish::Dropped(*pauses) {
                state.reference.note(number, || "is dropped".into());
                drop(state);
                self.slots[number] = Slot::Done;
                return;
            }
            if self.scenario.steps == Steps::Pauses || pause == Pause::BeforeWork {
                return;
            }
        }
    }

    /// Continues the updates whose turn it is now.
    fn retry_waiting(&mut self) {
        for number in 0..self.slots.len() {
            if std::mem::take(&mut self.waits[number]) {
                self.proceed(number);
            }
        }
    }

    fn finished(&mut self, number: usize, headers: HeaderMap) {
        if self.scenario.steps == Steps::Responses {
            self.slots[number] = Slot::Finished(headers);
        } else {
            self.slots[number] = Slot::Done;
            self.deliver(number, &headers);
        }
    }

    fn deliver(&mut self, number: usize, headers: &HeaderMap) {
        let response = SessionCookie::from_headers(headers, self.scenario.setup);
        let mut state = self.scenario.setup.store.state();
        state.reference.note(number, || format!("its response arrives; session cookie: {response:?}"));
        self.jar.keep(headers);
        match &response {
            SessionCookie::ExpectedSession => {}
            SessionCookie::Removed => self.jar.credential = None,
            SessionCookie::Set(..) => {
                self.jar.credential = state.reference.requests[number].new_token.map(|(id, token)| (id, Some(token)));
            }
        }
        self.responses.push((number, response));
    }

    fn finish(&self) {
        let Scenario { setup, programs, steps, .. } = *self.scenario;
        let waiting = self.waits.iter().position(|waits| *waits);
        if let Some(number) = waiting {
            setup.store.state().reference.report(number, "a waiting update gets its turn");
        }
        let last = self.jar.credential.filter(|_| steps == Steps::Responses);
        final_checks::check(setup, programs, &self.responses, last);
    }
}
