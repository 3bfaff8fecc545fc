//! Every order in which the requests of a scenario can take their steps, one after the other, depth first.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, HeaderValue, header};
use session::SessionId;
use session_tests::Browser;
use session_tests::program::{Ending, Opener};

use super::final_checks;
use super::paused_store::Pause;
use super::programs::Spoken;
use super::reference::{Held, letter};
use super::request::Request;
use super::runner::serve;
use super::setup::World;

/// What one step of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    /// From one pause to the next.
    Pauses,
    /// One operation's work and all that the request does until its next one. What a request does between two operations
    /// touches nothing that is shared, so it makes no difference when it does it: the other orders are these over again.
    Operations,
    /// As operations; and a request opens at its first step, with what the browser holds by then, and its answer arrives at
    /// a step of its own.
    Visits,
}

pub(crate) struct Scenario<'a> {
    pub(crate) world: &'a World,
    pub(crate) programs: &'a [&'a Spoken],
    pub(crate) steps: Steps,
}

/// A path through the tree of choices, and how many there were at each.
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

    /// On to the next path. False after the last.
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
    /// Runs every schedule, and says how many there were.
    ///
    /// # Panics
    ///
    /// If one breaks a promise, with the schedule as a script.
    pub(crate) fn explore(&self) -> u64 {
        let mut schedules = 0;
        self.each(|| schedules += 1);
        schedules
    }

    /// The outcomes that there are.
    pub(crate) fn outcomes(&self) -> BTreeSet<String> {
        let mut outcomes = BTreeSet::new();
        self.each(|| _ = outcomes.insert(self.world.stage.scene().ledger.outcome()));
        outcomes
    }

    fn each(&self, mut after: impl FnMut()) {
        let mut path = Path::default();
        loop {
            let (letters, broken) = self.run(&mut |enabled| enabled[path.choose(enabled.len())], false);
            if let Some(promise) = broken {
                self.fail(&letters, &promise);
            }
            after();
            if !path.advance() {
                return;
            }
        }
    }

    /// Runs the one schedule in which the requests take their steps in this order.
    pub(crate) fn replay(&self, letters: &str) {
        let mut turns = letters.bytes().map(|letter| usize::from(letter - b'A'));
        let (ran, broken) =
            self.run(&mut |enabled| turns.next().filter(|turn| enabled.contains(turn)).unwrap_or(enabled[0]), true);
        assert_eq!(ran, letters, "the schedule is one of these requests");
        if let Some(promise) = broken {
            self.fail(letters, &promise);
        }
    }

    fn fail(&self, letters: &str, promise: &str) -> ! {
        let mut turns = letters.bytes().map(|letter| usize::from(letter - b'A'));
        self.run(&mut |enabled| turns.next().unwrap_or(enabled[0]), true);
        let log = self.world.stage.scene().ledger.log.take().unwrap_or_default();
        panic!(
            "{promise}\n\n{}\n\nreplay(Was::{:?}, Steps::{:?}, &{:?}, \"{letters}\");\n",
            log.join("\n"),
            self.world.was,
            self.steps,
            self.programs.iter().map(|spoken| &spoken.text).collect::<Vec<_>>(),
        );
    }

    fn run(&self, choose: &mut dyn FnMut(&[usize]) -> usize, logs: bool) -> (String, Option<String>) {
        self.world.set(self.programs.len(), logs);
        let mut run = Run::new(self);
        let mut letters = String::new();
        let mut enabled = Vec::with_capacity(self.programs.len());
        loop {
            enabled.clear();
            enabled.extend((0..run.slots.len()).filter(|number| !run.slots[*number].is_over()));
            if enabled.is_empty() {
                break;
            }
            let number = choose(&enabled);
            letters.push(letter(number));
            run.step(number);
        }
        run.finish();
        (letters, self.world.stage.scene().ledger.broken.take())
    }
}

type Serving<'a> = Pin<Box<dyn Future<Output = HeaderMap> + 'a>>;

enum Slot<'a> {
    Unopened,
    Serving(Serving<'a>, usize),
    Answered(HeaderMap),
    Over,
}

impl Slot<'_> {
    fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }
}

/// What the browser holds.
struct Jar {
    browser: Browser,
    held: Option<Held>,
}

struct Run<'a> {
    scenario: &'a Scenario<'a>,
    slots: Vec<Slot<'a>>,
    jar: Jar,
    answers: Vec<(usize, SessionCookie)>,
}

impl Jar {
    fn keep(&mut self, headers: &HeaderMap) {
        self.browser.keep(headers);
    }
}

/// What an answer does to the session cookie.
pub(crate) enum SessionCookie {
    Kept,
    Removed,
    /// A browser with this cookie alone, and the session that it names.
    Set(Browser, Option<SessionId>),
}

impl SessionCookie {
    fn of(headers: &HeaderMap, world: &World) -> Self {
        let is_ours = |line: &&HeaderValue| line.as_bytes().starts_with(b"__Host-id=");
        let Some(line) = headers.get_all(header::SET_COOKIE).iter().find(is_ours) else { return Self::Kept };
        let mut browser = Browser::default();
        browser.keep(&[(header::SET_COOKIE, line.clone())].into_iter().collect());
        if browser.cookies.is_empty() {
            return Self::Removed;
        }
        let id = world.manager.open(&browser.request()).id();
        Self::Set(browser, id)
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "none",
            Self::Removed => "removed",
            Self::Set(..) => "set",
        })
    }
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario<'a>) -> Self {
        let jar = Jar { browser: scenario.world.browser.clone(), held: Some(scenario.world.held) };
        let slots = scenario.programs.iter().map(|_| Slot::Unopened).collect();
        let mut run = Self { scenario, slots, jar, answers: Vec::new() };
        if scenario.steps != Steps::Visits {
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
        let (world, program) = (self.scenario.world, &self.scenario.programs[number].program);
        let (session, held) = if self.scenario.steps == Steps::Visits && program.opener == Opener::Browser {
            (world.manager.open(&self.jar.browser.request()), self.jar.held)
        } else {
            world.open(program)
        };
        world.stage.scene().ledger.requests[number] = Request::holding(held);
        self.slots[number] = Slot::Serving(Box::pin(serve(world, program, number, session)), 0);
    }

    fn step(&mut self, number: usize) {
        match std::mem::replace(&mut self.slots[number], Slot::Over) {
            Slot::Unopened => {
                self.open(number);
                self.proceed(number);
            }
            Slot::Answered(headers) => self.deliver(number, &headers),
            serving => {
                self.slots[number] = serving;
                self.proceed(number);
            }
        }
    }

    /// Runs a request on to where it may next be held up.
    fn proceed(&mut self, number: usize) {
        let Slot::Serving(serving, pauses) = &mut self.slots[number] else { return };
        let stage = &self.scenario.world.stage;
        loop {
            stage.scene().current = Some(number);
            let polled = serving.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            let mut scene = stage.scene();
            scene.current = None;
            if let Poll::Ready(headers) = polled {
                drop(scene);
                self.answered(number, headers);
                return;
            }
            let pause = scene.pause.take().expect("only the stage makes a request wait");
            *pauses += 1;
            if self.scenario.programs[number].program.ending == Ending::Dropped(*pauses) {
                scene.ledger.note(number, || "is dropped".into());
                drop(scene);
                self.slots[number] = Slot::Over;
                return;
            }
            if self.scenario.steps == Steps::Pauses || pause == Pause::BeforeWork {
                return;
            }
        }
    }

    fn answered(&mut self, number: usize, headers: HeaderMap) {
        if self.scenario.steps == Steps::Visits {
            self.slots[number] = Slot::Answered(headers);
        } else {
            self.slots[number] = Slot::Over;
            self.deliver(number, &headers);
        }
    }

    fn deliver(&mut self, number: usize, headers: &HeaderMap) {
        let answer = SessionCookie::of(headers, self.scenario.world);
        let mut scene = self.scenario.world.stage.scene();
        scene.ledger.note(number, || format!("its answer arrives; session cookie: {answer:?}"));
        self.jar.keep(headers);
        match &answer {
            SessionCookie::Kept => {}
            SessionCookie::Removed => self.jar.held = None,
            SessionCookie::Set(..) => {
                self.jar.held = scene.ledger.requests[number].owes.map(|(id, token)| (id, Some(token)));
            }
        }
        self.answers.push((number, answer));
    }

    fn finish(&self) {
        let Scenario { world, programs, steps, .. } = *self.scenario;
        let last = self.jar.held.filter(|_| steps == Steps::Visits);
        final_checks::check(world, programs, &self.answers, last);
    }
}
