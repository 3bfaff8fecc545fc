//! The rules for the result of a call: the changes that a success has stored, and the causes of an error.

use session::ErrorKind;
use session_tests::program::Verb;

use super::super::pending::Pending;
use super::super::reference::{Change, RecordStatus, Values};
use super::{Call, Check, Request, rule};

impl Request {
    /// The changes that this call has stored, without a cancelled write that was sent again.
    pub(super) fn stored(&self) -> impl Iterator<Item = (&'static str, &Change)> {
        let changes = self.call.iter().filter(|event| !event.is_resent);
        changes.filter_map(|event| Some((event.name, event.change.as_ref().filter(|change| !change.is_empty())?)))
    }

    pub(super) fn refused(&mut self, call: Call, kind: ErrorKind) -> Check {
        rule(self.stored().next().is_none(), "a failed call stores nothing")?;
        self.failed = Some(kind);
        let lost = self.lost.as_ref().is_some_and(|lost| !lost.is_overwritten_by(&self.pending.change));
        let has_intent = !self.pending.change.is_empty()
            || self.deletion.is_some()
            || self.client
            || call == Call::Verb(Verb::Update);
        (self.pending, self.deletion, self.client) = (Pending::default(), None, false);
        self.forget_cancelled();
        if kind == ErrorKind::Store {
            return rule(lost, "only an unknown outcome is an error of the store");
        }
        rule(has_intent, "a request without changes does not fail")?;
        let seen_live = self.before.seen_live || self.seen_live;
        let reason = match (kind, self.known) {
            (ErrorKind::Replaced, RecordStatus::Replaced) => true,
            (ErrorKind::Replaced, RecordStatus::BeyondGrace) | (ErrorKind::Ended, RecordStatus::Deleted) => seen_live,
            _ => false,
        };
        rule(reason, "an error has its cause in another request")
    }

    pub(super) fn updated(&mut self) -> Check {
        if self.invalidated {
            return rule(self.stored().next().is_none(), "an update after `invalidate` stores nothing");
        }
        let is_counted = |(_, change): &(&str, &Change)| change.keys.contains_key("count");
        let counted = self.stored().filter(is_counted).map(|(name, change)| (name == "create", change.clone()));
        let counted: Vec<(bool, Change)> = counted.collect();
        let [(creates, change)] = &counted[..] else { return Err("a successful update is stored once") };
        self.check_deletion()?;
        rule(change.keys.len() == 1 && !change.rotates, "an update commits its own key and nothing else")?;
        let is_cleared = !self.pending.change.cleared || *creates || change.cleared;
        rule(is_cleared, "a clear is committed before an update")?;
        self.check_creation()?;
        self.check_settled()?;
        self.take_updated(*creates);
        if let Some(since_login) = &mut self.pending.since_login {
            since_login.keys.extend(change.keys.clone());
        }
        Ok(())
    }

    /// A success includes the changes of a cancelled call.
    fn check_settled(&mut self) -> Check {
        rule(self.cancelled.is_none(), "a success includes the changes of a cancelled call")?;
        let lost = self.lost.take();
        let is_overwritten = lost.is_none_or(|lost| lost.is_overwritten_by(&self.pending.change));
        rule(is_overwritten, "an unknown outcome fails the request")
    }

    /// A new session is created only by a request that never saw a live one, or has deleted it.
    fn check_creation(&self) -> Check {
        if !self.stored().any(|(name, _)| name == "create") || self.before.credential.is_none() {
            return Ok(());
        }
        if self.call.iter().any(|event| event.name == "delete") {
            return Ok(());
        }
        let missed =
            self.call.iter().rev().find(|event| event.name != "create").map_or(self.before.known, |event| event.status);
        let logs_in = self.before.logs_in;
        // Two rows of the contract apply to `cycle_id` and writes after a load: the request may fail, or log in.
        let rotates = missed == RecordStatus::Replaced && self.pending.change.rotates;
        let has_no_session = !self.before.seen_live && !self.by_id;
        rule(logs_in || rotates || has_no_session, "a request that saw a live session creates no other")?;
        let allowed = match missed {
            RecordStatus::Deleted | RecordStatus::BeyondGrace => true,
            RecordStatus::Replaced => rotates || logs_in,
            _ => false,
        };
        rule(allowed, "a request creates a new session only if it found none")
    }

    fn check_deletion(&self) -> Check {
        let is_gone = |status| match status {
            RecordStatus::Deleted | RecordStatus::BeyondGrace | RecordStatus::Absent => true,
            RecordStatus::Replaced => self.before.deletion == Some(Verb::LogIn),
            _ => false,
        };
        let found_none =
            self.has_left_session || is_gone(self.before.known) || self.call.iter().any(|event| is_gone(event.status));
        let done = self.before.deletion.is_none() || found_none || self.call.iter().any(|event| event.name == "delete");
        rule(done, "an acknowledged deletion is stored")
    }

    pub(super) fn committed(&mut self, call: Call) -> Check {
        self.check_deletion()?;
        if let Some(deletion) = self.deletion {
            self.close_session(deletion);
            self.forget_cancelled();
        }
        if call == Call::Abandon {
            self.forget_cancelled();
            self.pending = Pending::default();
        }
        self.check_settled()?;
        rule(self.stored().count() <= 1, "one commit point stores once")?;
        match self.stored().next() {
            Some((name, change)) => self.check_stored(name, change, &self.pending)?,
            None => self.check_unstored()?,
        }
        self.check_creation()?;
        (self.pending, self.client) = (Pending::default(), false);
        Ok(())
    }

    /// The values that the request knew at its commit.
    fn seen(&self) -> Option<&Values> {
        self.before.view.as_ref().filter(|_| self.before.known == RecordStatus::Live && self.before.deletion.is_none())
    }

    pub(super) fn check_stored(&self, name: &str, change: &Change, pending: &Pending) -> Check {
        let creates = name == "create";
        let renews = pending.renews && !creates && !self.by_id;
        let pending = &pending.change;
        let is_known =
            |key: &String, value: u64| !creates && self.seen().is_some_and(|seen| seen.get(key) == Some(&value));
        let mut sets = pending.sets();
        let has_all = sets.all(|(key, value)| change.keys.get(key) == Some(&Some(value)) || is_known(key, value));
        let has_only = change.sets().all(|(key, value)| pending.keys.get(key) == Some(&Some(value)));
        rule(has_all && has_only, "exactly the acknowledged writes are stored")?;
        if creates {
            return Ok(());
        }
        let absent = |key: &String| self.seen().is_some_and(|seen| !seen.contains_key(key));
        let mut unsets = pending.keys.iter().filter(|(_, value)| value.is_none());
        let dropped = unsets.all(|(key, _)| change.keys.contains_key(key) || absent(key));
        rule(dropped, "an acknowledged removal is stored")?;
        let cleared = change.cleared == pending.cleared || self.seen().is_some_and(Values::is_empty);
        rule(cleared, "exactly an acknowledged clear is stored")?;
        rule(change.rotates == (pending.rotates || renews), "exactly an acknowledged rotation is stored")
    }

    fn check_unstored(&self) -> Check {
        let pending = &self.pending.change;
        rule(!pending.writes(), "an acknowledged write is stored")?;
        let renews = self.pending.renews && !self.by_id && self.known == RecordStatus::Live;
        rule(!renews, "a renewal of a live session is stored")?;
        let found_none =
            matches!(self.known, RecordStatus::Deleted | RecordStatus::BeyondGrace) && !self.before.seen_live;
        let changes_nothing = |seen: &Values| {
            let drops_nothing = || pending.keys.keys().all(|key| !seen.contains_key(key));
            if pending.cleared { seen.is_empty() } else { drops_nothing() }
        };
        let no_change = !pending.rotates && self.seen().is_some_and(changes_nothing);
        let nothing = pending.is_empty() || self.credential.is_none() || found_none || no_change;
        rule(nothing, "an acknowledged change is stored")
    }
}
