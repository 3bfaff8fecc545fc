//! What one request has asked for and been told, and what must follow from it.

use session::store::TokenHash;
use session::{ErrorKind, SessionId};
use session_tests::program::{Author, Seen, Verb};

use super::reference::{Change, Held, Standing, Values};

/// One operation, at the moment of its work.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// What stood behind the proof that was shown.
    pub(crate) standing: Standing,
    /// What was stored.
    pub(crate) change: Option<Change>,
}

type Made = (SessionId, TokenHash);

/// What the request knows once the answer arrives.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Loaded(Standing, Values),
    /// After a lost answer, a load found the token that was made.
    Settled(Made, Values),
    Unsettled,
    Created(Made, Values),
    Committed(Change, Option<Made>),
    Conflict(Values),
    Missed(Standing),
    Ended(Standing),
}

/// An operation that has not been answered.
#[derive(Clone, Debug)]
struct Asked {
    name: &'static str,
    made: Option<Made>,
    settles: Option<Made>,
    effect: Option<Effect>,
}

/// What a request does that may ask the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Verb(Verb),
    Finalize,
    Abandon,
}

/// What is known when a call begins.
#[derive(Clone, Debug, Default)]
struct Before {
    known: Standing,
    met_live: bool,
    view: Option<Values>,
    holds: Option<Held>,
    ending: Option<Verb>,
}

#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the request, and any of them go together")]
pub(crate) struct Request {
    pub(crate) holds: Option<Held>,
    /// The session that it came with.
    pub(crate) first: Option<SessionId>,
    pub(crate) came_with: Option<Held>,
    pub(crate) by_id: bool,
    known: Standing,
    /// The store has shown it the session alive.
    met_live: bool,
    /// The stored values as it last saw them.
    view: Option<Values>,
    pending: Change,
    ending: Option<Verb>,
    client: bool,
    before: Before,
    call: Vec<Event>,
    asked: Option<Asked>,
    lost: Option<Made>,
    /// Every operation that it asked for.
    pub(crate) operations: Vec<&'static str>,
    pub(crate) conflicts: usize,
    /// How often another request changed a session meanwhile.
    pub(crate) overtaken: usize,
    /// The token that its answer owes the browser.
    pub(crate) owes: Option<Made>,
    /// Its answer removes the cookies.
    pub(crate) drops: bool,
    /// Sessions that it ended, and was told so.
    pub(crate) ended: Vec<SessionId>,
    pub(crate) began: Vec<SessionId>,
    /// Why its last call failed, if it did.
    pub(crate) failed: Option<ErrorKind>,
}

type Promise = Result<(), &'static str>;

fn promise(holds: bool, promise: &'static str) -> Promise {
    if holds { Ok(()) } else { Err(promise) }
}

impl Request {
    pub(crate) fn holding(holds: Option<Held>) -> Self {
        let by_id = holds.is_some_and(|(_, token)| token.is_none());
        let known = if holds.is_some() { Standing::Unread } else { Standing::Nothing };
        Self {
            holds,
            came_with: holds,
            first: holds.map(|(id, _)| id),
            by_id,
            met_live: by_id,
            known,
            ..Self::default()
        }
    }

    // The store

    pub(crate) fn asked(&mut self, name: &'static str, made: Option<Made>) {
        self.lost = self.asked.take().and_then(|asked| asked.made).or(self.lost);
        let settles = self.lost.take().filter(|_| name == "load");
        self.operations.push(name);
        if let ("create", Some(ending)) = (name, self.ending) {
            self.close_session(ending);
        }
        self.asked = Some(Asked { name, made, settles, effect: None });
    }

    /// The token that was perhaps made, if this load is to find out.
    pub(crate) fn settles(&self) -> Option<Made> {
        self.asked.as_ref().and_then(|asked| asked.settles)
    }

    pub(crate) fn worked(&mut self, event: Event, effect: Effect) {
        self.call.push(event);
        if let Some(asked) = &mut self.asked {
            asked.effect = Some(effect);
        }
    }

    pub(crate) fn answered(&mut self) -> Promise {
        let Some(Asked { effect: Some(effect), .. }) = self.asked.take() else { return Ok(()) };
        match effect {
            Effect::Loaded(standing, values) => {
                self.known = standing;
                self.met_live |= standing == Standing::Live;
                self.view = Some(values);
            }
            Effect::Settled(made, values) | Effect::Created(made, values) => self.has_made(made, Some(values)),
            Effect::Unsettled => self.view = None,
            Effect::Committed(change, made) => {
                (self.known, self.met_live) = (Standing::Live, true);
                if let Some(view) = &mut self.view {
                    change.apply(view);
                }
                if let Some(made) = made {
                    let view = self.view.take();
                    self.has_made(made, view);
                }
            }
            Effect::Conflict(values) => {
                self.conflicts += 1;
                if let Some(last) = self.operations.last_mut() {
                    *last = "conflict";
                }
                self.view = Some(values);
                return promise(
                    self.conflicts <= self.overtaken,
                    "an update is tried again only when it was overtaken",
                );
            }
            Effect::Missed(standing) => {
                (self.known, self.view) = (standing, Some(Values::new()));
            }
            Effect::Ended(Standing::Replaced) => self.known = Standing::Replaced,
            Effect::Ended(standing) => self.over(standing),
        }
        Ok(())
    }

    fn has_made(&mut self, made: Made, view: Option<Values>) {
        (self.known, self.met_live, self.view) = (Standing::Live, true, view);
        self.holds = Some((made.0, Some(made.1)));
        self.owes = Some(made);
    }

    /// The session that it came with is over, by its own will.
    fn over(&mut self, standing: Standing) {
        let Some(ending) = self.ending else { return };
        if let Some((id, _)) = self.holds.filter(|_| standing == Standing::Live || standing == Standing::Gone) {
            self.ended.push(id);
        }
        self.close_session(ending);
    }

    fn close_session(&mut self, ending: Verb) {
        self.ending = None;
        self.drops |= ending != Verb::Delete;
        (self.owes, self.view) = (None, None);
        if self.by_id {
            self.known = Standing::Gone;
        } else {
            (self.holds, self.known, self.met_live) = (None, Standing::Nothing, false);
        }
    }

    // The program

    pub(crate) fn begins(&mut self, call: Call) {
        let Self { known, met_live, holds, ending, .. } = *self;
        self.before = Before { known, met_live, view: self.view.clone(), holds, ending };
        self.call.clear();
        if call == Call::Abandon {
            (self.pending, self.client) = (Change::default(), false);
        }
    }

    /// The wait for a call was cut short. If its operation was on its way, what it carried is no longer wanted.
    pub(crate) fn cut_short(&mut self, verb: Verb) {
        let asked = self.asked.as_ref().map(|asked| asked.name);
        if verb == Verb::Sync && matches!(asked, Some("commit" | "create")) {
            self.pending = Change::default();
        }
    }

    pub(crate) fn returned(&mut self, call: Call, by: Author, result: &Result<Seen, ErrorKind>) -> Promise {
        match (call, result) {
            (Call::Verb(Verb::Sync) | Call::Finalize | Call::Abandon, Ok(_)) => self.committed(),
            (Call::Verb(Verb::Update), Ok(_)) => self.updated(),
            (_, Err(kind)) => self.refused(call, *kind),
            (Call::Verb(verb), Ok(seen)) => {
                self.wants(verb, by);
                self.has_seen(seen)
            }
        }
    }

    fn wants(&mut self, verb: Verb, by: Author) {
        match verb {
            Verb::Write => {
                self.pending.set("shared", by.value());
                self.pending.set(by.own_key(), by.value());
            }
            Verb::User => self.pending.set("user", by.value()),
            Verb::Unset => self.pending.unset("shared"),
            Verb::Clear => self.pending.clear(),
            Verb::Rotate => self.pending.rotates = true,
            Verb::Theme => self.client = true,
            Verb::Invalidate | Verb::Restart | Verb::Delete => {
                self.ending = Some(verb);
                self.pending = Change::default();
            }
            Verb::Read | Verb::All | Verb::Update | Verb::Sync | Verb::Revoke => {}
        }
    }

    fn has_seen(&self, seen: &Seen) -> Promise {
        if self.asked.is_some() {
            // The answer to what it wrote never came: it may read it, or not.
            return Ok(());
        }
        let ends = self.ending.is_some();
        let mut expected = self.view.clone().filter(|_| !ends && self.known == Standing::Live).unwrap_or_default();
        self.pending.apply(&mut expected);
        let right = match seen {
            Seen::Nothing => true,
            Seen::Shared(value) => *value == expected.get("shared").copied(),
            Seen::All(map) => {
                map.len() == expected.len()
                    && expected.iter().all(|(key, value)| map.get(key) == Some(&(*value).into()))
            }
        };
        promise(right, "a request reads what its token shows, what it has written itself, and nothing else")
    }

    fn stored(&self) -> Promise {
        let stored = self.call.iter().filter(|event| event.change.as_ref().is_some_and(|change| !change.is_empty()));
        promise(stored.count() == 0, "what is refused is not stored")
    }

    fn refused(&mut self, call: Call, kind: ErrorKind) -> Promise {
        self.stored()?;
        self.failed = Some(kind);
        let wants =
            !self.pending.is_empty() || self.ending.is_some() || self.client || call == Call::Verb(Verb::Update);
        promise(wants, "a request that wants nothing is not refused")?;
        let met_live = self.before.met_live || self.met_live;
        let reason = match (kind, self.known) {
            (ErrorKind::Replaced, Standing::Replaced) => true,
            (ErrorKind::Replaced, Standing::Older) | (ErrorKind::Ended, Standing::Gone) => met_live,
            _ => false,
        };
        (self.pending, self.ending, self.client) = (Change::default(), None, false);
        promise(reason, "a request is refused for what happened, and for nothing else")
    }

    fn updated(&mut self) -> Promise {
        let counts = |event: &&Event| event.change.as_ref().is_some_and(|change| change.keys.contains_key("count"));
        let mut counted = self.call.iter().filter(counts);
        let Some(Event { name, change: Some(change), .. }) = counted.next() else {
            return Err("an update that succeeds is stored");
        };
        promise(counted.next().is_none(), "an update is stored once")?;
        self.check_ending()?;
        promise(change.keys.len() == 1 && !change.rotates, "an update commits its own key and nothing else")?;
        promise(!self.pending.cleared || *name == "create" || change.cleared, "a clearing goes before an update")?;
        self.check_beginning()?;
        if *name == "create" {
            self.pending.rotates = false;
        }
        self.pending.cleared = false;
        Ok(())
    }

    /// A new session is begun only by a request that has met no live one, or has ended it.
    fn check_beginning(&self) -> Promise {
        if !self.call.iter().any(|event| event.name == "create") || self.before.holds.is_none() {
            return Ok(());
        }
        if self.call.iter().any(|event| event.name == "delete") {
            return Ok(());
        }
        promise(!self.before.met_live && !self.by_id, "a request that has met a live session begins no other")?;
        let missed = self
            .call
            .iter()
            .rev()
            .find(|event| event.name != "create")
            .map_or(self.before.known, |event| event.standing);
        let allowed = match missed {
            Standing::Gone | Standing::Older => true,
            Standing::Replaced => self.pending.rotates,
            _ => false,
        };
        promise(allowed, "a request begins a new session only if it found none")
    }

    fn check_ending(&self) -> Promise {
        let found_none = matches!(self.before.known, Standing::Gone | Standing::Older | Standing::Nothing);
        let done = self.before.ending.is_none() || found_none || self.call.iter().any(|event| event.name == "delete");
        promise(done, "an ending that is acknowledged was carried out")
    }

    fn committed(&mut self) -> Promise {
        self.check_ending()?;
        if let Some(ending) = self.ending {
            self.close_session(ending);
        }
        let changes = |event: &&Event| event.change.as_ref().is_some_and(|change| !change.is_empty());
        let stored: Vec<&Event> = self.call.iter().filter(changes).collect();
        promise(stored.len() <= 1, "one commit point stores once")?;
        match stored.first() {
            Some(Event { name, change: Some(change), .. }) => self.check_stored(name, change)?,
            _ => self.check_unstored()?,
        }
        self.check_beginning()?;
        (self.pending, self.client) = (Change::default(), false);
        Ok(())
    }

    /// The values as the request knew them when it committed.
    fn seen(&self) -> Option<&Values> {
        self.before.view.as_ref().filter(|_| self.before.known == Standing::Live && self.before.ending.is_none())
    }

    fn check_stored(&self, name: &str, change: &Change) -> Promise {
        let pending = &self.pending;
        promise(change.sets().eq(pending.sets()), "what is acknowledged is stored, and nothing else")?;
        if name == "create" {
            return Ok(());
        }
        let absent = |key: &String| self.seen().is_some_and(|seen| !seen.contains_key(key));
        let mut unsets = pending.keys.iter().filter(|(_, value)| value.is_none());
        let dropped = unsets.all(|(key, _)| change.keys.contains_key(key) || absent(key));
        promise(dropped, "a removal that is acknowledged is stored")?;
        let cleared = change.cleared == pending.cleared || self.seen().is_some_and(Values::is_empty);
        promise(cleared, "a clearing that is acknowledged is stored, and no other")?;
        promise(change.rotates == pending.rotates, "a rotation that is acknowledged is stored, and no other")
    }

    fn check_unstored(&self) -> Promise {
        let pending = &self.pending;
        promise(!pending.writes(), "a write that is acknowledged is stored")?;
        let found_none = matches!(self.known, Standing::Gone | Standing::Older) && !self.before.met_live;
        let changes_nothing = |seen: &Values| {
            let drops_nothing = || pending.keys.keys().all(|key| !seen.contains_key(key));
            if pending.cleared { seen.is_empty() } else { drops_nothing() }
        };
        let no_change = !pending.rotates && self.seen().is_some_and(changes_nothing);
        let nothing = pending.is_empty() || self.holds.is_none() || found_none || no_change;
        promise(nothing, "a change that is acknowledged is stored")
    }

    /// The operations in one line, without the tries that were overtaken.
    pub(crate) fn cost(&self) -> String {
        let tries = self.operations.iter().filter(|name| **name != "conflict");
        tries.copied().collect::<Vec<_>>().join(" ")
    }
}
