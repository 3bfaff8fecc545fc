//! Where the store is touched: the lazy load, and the commit that carries out the plan.
//!
//! One operation of a request runs at a time, behind the gate. The state's own lock is never held across an await.
//! Before an operation is sent, the state notes what is in flight; if its reply never comes, because the store failed
//! or the future was dropped, one load decides whether a new token was made, and nothing is sent twice.

use crate::error::{Error, ErrorKind};
use crate::field::{Keys, Stored};
use crate::id::{Claim, SessionId, Token};
use crate::json::Json;
use crate::plan::{Miss, Plan, Standing, plan};
use crate::shared::{Manager, Shared, StateGuard};
use crate::state::State;
use crate::store::{Commit, Committed, Deleted, IndexChange, Proof, Record, StoreError};

/// What an update of one field starts from.
pub(crate) struct Basis<'k> {
    /// What the field holds, as this request sees it.
    pub(crate) stored: Option<Stored<'k>>,
    ground: Ground,
}

/// How an update's result is to be stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// Not at all: the session was invalidated.
    Ignored,
    /// As a new session.
    New,
    /// By compare-and-swap on this revision.
    Revision(u64),
}

impl Shared {
    /// Asks the store for the record, unless what is known is enough.
    pub(crate) async fn load(&self) -> Result<(), Error> {
        let _gate = self.gate.lock().await;
        let needs_load = self.settled().await.needs_load();
        if needs_load { self.load_now().await } else { Ok(()) }
    }

    /// Makes sure that the store has been asked about the token, if there is one.
    pub(crate) async fn verify(&self) -> Result<(), Error> {
        let needs_load = self.state().needs_load();
        if needs_load { self.load().await } else { Ok(()) }
    }

    async fn load_now(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let now = manager.now();
        let Some(claim) = self.state().known.claim else { return Ok(()) };
        let loaded = manager.store.load(&claim.id(), now).await;
        let loaded = loaded.map_err(|error| Error::store("load the session", error))?;
        let mut state = self.state();
        match loaded {
            Some(record) if claim.hash().is_none_or(|hash| hash == record.token) => state.adopt(record),
            Some(record) => state.replaced(record.rotated, manager.config.grace, now),
            None => state.gone(),
        }
        Ok(())
    }

    /// Carries out everything that the request wants by now.
    pub(crate) async fn commit(&self) -> Result<(), Error> {
        let _gate = self.gate.lock().await;
        let plan = {
            let mut state = self.settled().await;
            state.check_misuse()?;
            plan(state.known.standing, state.intent(&self.manager.config, || self.manager.now()))
        };
        self.carry_out(plan).await
    }

    async fn carry_out(&self, plan: Plan) -> Result<(), Error> {
        match plan {
            Plan::Nothing => {
                self.state().ended(false);
                self.nothing_begins()
            }
            Plan::Refuse(kind) => {
                self.state().forget_wanted();
                Err(Error::refused(kind))
            }
            Plan::Touch => {
                self.state().forget_no_ops();
                self.touch().await;
                Ok(())
            }
            Plan::Commit { missed, replaced } => {
                let commit = {
                    let mut state = self.state();
                    state.send_all();
                    self.manager.commit_of(&mut state)
                };
                let Some((id, commit)) = commit else { return Ok(()) };
                self.send_commit(&id, &commit, missed, replaced).await
            }
            Plan::Create => {
                self.state().ended(false);
                self.state().send_all();
                self.send_create().await
            }
            Plan::End { then_create } => {
                self.end().await?;
                if !then_create {
                    return self.nothing_begins();
                }
                self.state().send_all();
                self.send_create().await
            }
        }
    }

    /// Nothing is set, so nothing begins. What is not there has nothing to drop; a label waits for the next session, and
    /// a job has none.
    fn nothing_begins(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.forget_no_ops();
        if state.is_by_id() && state.wanted.label.is_some() {
            state.forget_wanted();
            return Err(Error::refused(ErrorKind::Ended));
        }
        Ok(())
    }

    async fn send_commit(&self, id: &SessionId, commit: &Commit, missed: Miss, replaced: Miss) -> Result<(), Error> {
        let reply = self.manager.store.commit(id, commit).await;
        let miss = match reply {
            Ok(Committed::Done { revision, expires }) => {
                self.state().committed(commit, revision, expires);
                self.enforce_caps(&commit.index).await;
                return Ok(());
            }
            Ok(Committed::Missing | Committed::Conflict(_)) => missed,
            Ok(Committed::Replaced { rotated }) => {
                let mut state = self.state();
                state.replaced(rotated, self.manager.config.grace, commit.now);
                if state.known.standing == Standing::Replaced { replaced } else { missed }
            }
            Err(error) => return self.lost_reply("commit the session's changes", error).await,
        };
        self.after_miss(miss).await
    }

    /// The commit found no record to change, and nothing was stored.
    async fn after_miss(&self, miss: Miss) -> Result<(), Error> {
        let kind = {
            let mut state = self.state();
            if state.known.standing.may_live() {
                state.gone();
            }
            if miss != Miss::Create {
                state.forget_in_flight();
            }
            if state.known.standing == Standing::Replaced { ErrorKind::Replaced } else { ErrorKind::Ended }
        };
        match miss {
            Miss::Ignore => Ok(()),
            Miss::Fail => {
                self.state().forget_wanted();
                Err(Error::refused(kind))
            }
            Miss::Create => self.send_create().await,
        }
    }

    async fn send_create(&self) -> Result<(), Error> {
        if self.state().is_by_id() {
            self.state().forget_wanted();
            return Err(Error::refused(ErrorKind::Ended));
        }
        let Some((token, record)) = self.state().create(&self.manager.config, self.manager.now()) else {
            return Ok(());
        };
        let index = self.manager.config.index.entries(&record.values);
        match self.manager.store.create(&token.id, &record, &index).await {
            Ok(true) => {
                self.state().adopt(record);
                self.enforce_caps(&index).await;
                Ok(())
            }
            Ok(false) => {
                self.state().forget_wanted();
                Err(Error::store("create the session", "the new session's id is in use".into()))
            }
            Err(error) => self.lost_reply("create the session", error).await,
        }
    }

    async fn end(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let now = manager.now();
        let Some(claim) = self.state().known.claim else { return Ok(()) };
        // An ending may be sent again: it does no more the second time, since ids are never used again.
        let reply = manager.store.delete(&claim.id(), claim.hash().map_or(Proof::None, Proof::Token), now).await;
        let mut state = self.state();
        match reply.map_err(|error| Error::store("end the session", error))? {
            Deleted::Done => state.ended(true),
            Deleted::Missing => state.ended(false),
            Deleted::Replaced { rotated } => {
                state.replaced(rotated, manager.config.grace, now);
                if state.known.standing == Standing::Replaced {
                    state.forget_wanted();
                    return Err(Error::refused(ErrorKind::Replaced));
                }
                state.ended(false);
            }
        }
        Ok(())
    }

    /// Extends the record's time. That it could not be extended costs this request nothing, so it is no error: neither
    /// that the session is gone by now, nor that the store failed.
    async fn touch(&self) {
        let manager = &*self.manager;
        let Some(Claim::Token(token)) = self.state().known.claim else { return };
        let touch = Commit::touch(token.hash(), manager.config.extend_below, manager.now());
        let reply = manager.store.commit(&token.id, &touch).await;
        let mut state = self.state();
        match reply {
            Ok(Committed::Done { revision, expires }) => state.committed(&touch, revision, expires),
            Ok(Committed::Replaced { rotated }) => state.replaced(rotated, manager.config.grace, touch.now),
            Ok(Committed::Missing | Committed::Conflict(_)) => state.gone(),
            Err(error) => tracing::warn!("the session's time could not be extended: {error}"),
        }
    }

    /// Ends the oldest sessions beyond the limit of a value that this session was just given. What stands is stored
    /// already, so a failure is a line in the log; the next such commit tries again.
    async fn enforce_caps(&self, index: &[IndexChange]) {
        if index.is_empty() {
            return;
        }
        let current = self.state().known.claim.as_ref().map(Claim::id);
        for capped in self.manager.config.index.capped(index) {
            if let Err(error) = self.manager.enforce_cap(capped, current).await {
                tracing::warn!("the sessions beyond the limit could not be ended: {error}");
            }
        }
    }

    // Replies that never came

    /// The store failed, and may have done its work all the same. If that made a new token, one load tells.
    async fn lost_reply(&self, doing: &'static str, error: StoreError) -> Result<(), Error> {
        let made = self.state().in_flight.as_ref().and_then(|sent| sent.made);
        if self.settle().await && made.is_some() { Ok(()) } else { Err(Error::store(doing, error)) }
    }

    /// Decides about an operation that was cancelled on its way, if the request asks the store for nothing else.
    pub(crate) async fn settle_cancelled(&self) {
        if self.state().in_flight.is_some() {
            let _gate = self.gate.lock().await;
            self.settle().await;
        }
    }

    /// The state, in which nothing is in flight.
    async fn settled(&self) -> StateGuard<'_> {
        {
            let state = self.state();
            if state.in_flight.is_none() {
                return state;
            }
        }
        self.settle().await;
        self.state()
    }

    /// Decides about an operation whose reply never came. True if it is known to have been done.
    async fn settle(&self) -> bool {
        let Some(made) = self.state().in_flight.as_ref().map(|sent| sent.made) else { return false };
        let found = match made {
            Some(made) => self.find_made(&made).await,
            None => None,
        };
        let mut state = self.state();
        let done = found.is_some();
        match found {
            Some(record) => state.adopt(record),
            None => state.doubt(),
        }
        done
    }

    async fn find_made(&self, token: &Token) -> Option<Record> {
        let loaded = self.manager.store.load(&token.id, self.manager.now()).await;
        loaded.ok().flatten().filter(|record| record.token == token.hash())
    }

    // Updates

    /// What an update of a field starts from. A pending ending goes first; a record that is there is loaded.
    pub(crate) async fn basis<'k>(&self, keys: &Keys<'k>) -> Result<Basis<'k>, Error> {
        let _gate = self.gate.lock().await;
        let has_ending = {
            let state = self.settled().await;
            if state.is_invalidated() {
                return Ok(Basis { stored: None, ground: Ground::Ignored });
            }
            state.wanted.ending.is_some()
        };
        if has_ending {
            self.end_first().await?;
        }
        let needs_revision = self.state().needs_revision();
        if needs_revision {
            self.load_now().await?;
        }
        let state = self.state();
        let ground = state.ground()?;
        let Ok(stored) = state.find(keys) else { return Err(Error::refused(ErrorKind::Conflict)) };
        Ok(Basis { stored, ground })
    }

    async fn end_first(&self) -> Result<(), Error> {
        if self.state().known.standing.may_live() {
            return self.end().await;
        }
        let mut state = self.state();
        if state.known.standing == Standing::Replaced {
            state.forget_wanted();
            return Err(Error::refused(ErrorKind::Replaced));
        }
        state.ended(false);
        Ok(())
    }

    /// Stores the one field, by compare-and-swap. False if another request was first: then the basis is to be taken
    /// anew.
    pub(crate) async fn swap(&self, keys: &Keys<'_>, basis: Basis<'_>, value: Option<Json>) -> Result<bool, Error> {
        let _gate = self.gate.lock().await;
        let commit = {
            let mut state = self.settled().await;
            let begins = match basis.ground {
                Ground::Ignored => return Ok(true),
                // Another handle of this request was faster.
                ground if state.ground()? != ground => return Ok(false),
                ground => ground == Ground::New,
            };
            if state.settles(keys, value.as_ref(), begins) {
                return Ok(true);
            }
            state.send_only(keys, value, begins)?;
            if begins { None } else { self.manager.commit_of(&mut state) }
        };
        let Some((id, mut commit)) = commit else { return self.send_create().await.map(|()| true) };
        if let Ground::Revision(revision) = basis.ground {
            commit.revision = Some(revision);
        }
        self.send_swap(&id, &commit).await
    }

    async fn send_swap(&self, id: &SessionId, commit: &Commit) -> Result<bool, Error> {
        match self.manager.store.commit(id, commit).await {
            Ok(Committed::Done { revision, expires }) => {
                self.state().committed(commit, revision, expires);
                self.enforce_caps(&commit.index).await;
            }
            Ok(Committed::Conflict(record)) => {
                let mut state = self.state();
                state.forget_in_flight();
                state.adopt(*record);
                return Ok(false);
            }
            Ok(Committed::Replaced { rotated }) => {
                self.state().replaced(rotated, self.manager.config.grace, commit.now);
                return self.after_miss(Miss::Fail).await.map(|()| false);
            }
            Ok(Committed::Missing) => return self.after_miss(Miss::Fail).await.map(|()| false),
            Err(error) => self.lost_reply("update the session", error).await?,
        }
        Ok(true)
    }
}

impl Manager {
    /// What is in flight, as a commit on the record that the state speaks of.
    fn commit_of(&self, state: &mut State) -> Option<(SessionId, Commit)> {
        let claim = state.known.claim?;
        Some((claim.id(), state.commit(claim, &self.config, self.now())))
    }
}

impl State {
    /// On what ground an update of one field can be stored.
    fn ground(&self) -> Result<Ground, Error> {
        match (self.known.standing, &self.known.record) {
            (Standing::Live, Some(record)) => Ok(Ground::Revision(record.revision)),
            (Standing::None | Standing::Ended, _) => Ok(Ground::New),
            (Standing::Replaced, _) if self.wanted.rotates => Ok(Ground::New),
            (Standing::Replaced, _) => Err(Error::refused(ErrorKind::Replaced)),
            _ => Err(Error::refused(ErrorKind::Ended)),
        }
    }

    /// Whether a compare-and-swap takes a load first.
    fn needs_revision(&self) -> bool {
        self.known.standing.may_live() && (self.known.record.is_none() || self.known.stale)
    }

    /// Whether the store holds this value already, where it is to be and nowhere else: then nothing more is wanted of
    /// the field. A clearing that waits has to be sent first, unless there is no record to clear.
    fn settles(&mut self, keys: &Keys<'_>, value: Option<&Json>, begins: bool) -> bool {
        let stored = |key| self.known.record.as_ref().and_then(|record| record.values.text(key));
        let in_place =
            stored(keys.home()) == value.map(Json::as_str) && keys.retired().all(|key| stored(key).is_none());
        let settled = in_place && (begins || !self.wanted.changes.is_cleared());
        if settled {
            _ = self.wanted.changes.take(keys);
        }
        settled
    }
}
