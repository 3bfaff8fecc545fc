//! A commit: a single update of a single row if it is an ordinary one, and a call of the procedure if not.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::mysql::{MySqlQueryResult, MySqlRow};

use super::decode;
use super::executor::{Kind, Query};
use super::migrations::{KEY, RECENT, RECENT_HEAD};
use super::outcome::{self, Told};
use super::statements::Statements;
use super::{MySqlStore, idle_millis, index_list};
use crate::record::id::SessionId;
use crate::store::sql::to_i64;
use crate::store::{Changes, Commit, Committed, Limits, Rotation, StoreError, Timestamp, TokenHash, value_log};

/// The sessions whose log wants to be folded, as their last update told: the next commit of each is a call, which does
/// it. Another process has been told by its own updates, or will be.
#[derive(Default)]
pub(super) struct Long(Mutex<HashSet<SessionId>>);

impl Long {
    /// When there are more, all are forgotten, until their next update tells it again.
    const MOST: usize = 10_000;

    fn note(&self, id: &SessionId) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.len() >= Self::MOST {
            ids.clear();
        }
        ids.insert(*id);
    }

    fn take(&self, id: &SessionId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// What a single update can do: write a few keys, extend the session, replace the token.
struct Update<'a> {
    now: Timestamp,
    token: &'a TokenHash,
    renew_below: u16,
    counts: bool,
    recent: Option<Recent>,
    rotation: Option<New>,
}

struct New {
    token: TokenHash,
    limits: Limits,
    /// The milliseconds until it expires.
    left: i64,
}

impl New {
    /// `None` if the expiry is one of which the update could not tell.
    fn of(rotation: &Rotation, now: Timestamp) -> Option<Self> {
        let Rotation { token, limits } = *rotation;
        let left = limits.expiry(now).as_millis().checked_sub(now.as_millis())?;
        (0 < left && left < outcome::TIMES).then_some(Self { token, limits, left })
    }
}

/// What the row keeps of a commit, as it lies there.
struct Recent {
    bytes: Vec<u8>,
    has_key: bool,
}

impl Recent {
    fn of(changes: &Changes, log: &[u8]) -> Self {
        let key = only_key(changes).filter(|key| key.len() <= KEY - 2);
        let name = key.map_or("-".to_owned(), |key| format!("{:02}{key}", key.len()));
        let mut bytes = format!("{:04}{name}", log.len()).into_bytes();
        bytes.resize(RECENT_HEAD, b' ');
        bytes.extend_from_slice(log);
        Self { bytes, has_key: key.is_some() }
    }

    /// The key, in the form that the row has it in; something else if it has no place there.
    fn key(&self) -> &[u8] {
        if self.has_key { &self.bytes[RECENT_HEAD - KEY..RECENT_HEAD] } else { b"none" }
    }
}

impl<'a> Update<'a> {
    /// `None` if it takes a call.
    fn of(commit: &'a Commit, log: &[u8]) -> Option<Self> {
        let Commit { now, ref token, revision, ref changes, ref rotation, ref label, ref index, renew_below } = *commit;
        let is_plain = revision.is_none() && label.is_none() && index.is_empty() && !changes.is_cleared();
        if !is_plain || log.len() > RECENT || now.as_millis() < 0 {
            return None;
        }
        let rotation = match rotation {
            Some(rotation) => Some(New::of(rotation, now)?),
            None => None,
        };
        let (token, renew_below) = (token.as_ref()?, renew_below?);
        let recent = (!log.is_empty()).then(|| Recent::of(changes, log));
        Some(Self { now, token, renew_below, counts: commit.is_mutation(), recent, rotation })
    }

    fn statement<'s>(&self, statements: &'s Statements) -> &'s Arc<str> {
        match (&self.rotation, &self.recent) {
            (None, None) => &statements.extend,
            (None, Some(_)) => &statements.write,
            (Some(_), None) => &statements.rotate,
            (Some(_), Some(_)) => &statements.rotate_and_write,
        }
    }

    fn bind(&self, id: &SessionId, query: Query) -> Query {
        let (now, below) = (self.now.as_millis(), i32::from(self.renew_below));
        let query = match &self.rotation {
            Some(New { token, limits, left }) => query
                .bind(now)
                .bind(left)
                .bind(now)
                .bind(idle_millis(limits.idle))
                .bind(limits.absolute_end.as_millis())
                .bind(&token.as_bytes()[..]),
            None => query.bind(now).bind(now).bind(below).bind(now).bind(now).bind(self.counts).bind(self.counts),
        };
        let query = query.bind(now);
        let query = match &self.recent {
            Some(recent) => query.bind(recent.key()).bind(&*recent.bytes),
            None => query,
        };
        query.bind(&id.as_bytes()[..]).bind(now).bind(&self.token.as_bytes()[..]).bind(now)
    }
}

/// The key of changes to a single one.
fn only_key(changes: &Changes) -> Option<&str> {
    let mut keys = changes.unsets().chain(changes.sets().map(|(key, _)| key));
    keys.next().filter(|_| keys.next().is_none())
}

impl MySqlStore {
    pub(super) async fn carry_out(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let log = value_log::encode_changes(&commit.changes);
        if let Some(update) = Update::of(commit, &log)
            && !self.long.take(id)
            && let Some(outcome) = self.update(id, &update).await?
        {
            return Ok(outcome);
        }
        self.call(id, commit, &log).await
    }

    /// `None` if nothing was done, and the procedure has to be asked.
    async fn update(&self, id: &SessionId, update: &Update<'_>) -> Result<Option<Committed>, StoreError> {
        let statement = update.statement(&self.statements);
        let told: MySqlQueryResult = self.ask(Kind::Writes, statement, |query| update.bind(id, query)).await?;
        let Some(Told { outcome, is_long }) = Told::by(told.last_insert_id(), update.now) else { return Ok(None) };
        if is_long {
            self.long.note(id);
        }
        Ok(Some(outcome))
    }

    async fn call(&self, id: &SessionId, commit: &Commit, log: &[u8]) -> Result<Committed, StoreError> {
        let index = index_list(&commit.index);
        let token = commit.token.as_ref().map(|token| &token.as_bytes()[..]);
        // No record has a revision as large as that, so it stays another one.
        let expected = commit.revision.map(|revision| to_i64(revision));
        let limits = commit.rotation.map(|rotation| rotation.limits);
        let bind = |query: Query| {
            query
                .bind(&id.as_bytes()[..])
                .bind(commit.now.as_millis())
                .bind(token)
                .bind(expected)
                .bind(commit.is_mutation())
                .bind(commit.changes.is_cleared())
                .bind(log)
                .bind(&index)
                .bind(commit.renew_below.map(i64::from))
                .bind(commit.label.as_deref().map(str::as_bytes))
                .bind(commit.rotation.as_ref().map(|rotation| &rotation.token.as_bytes()[..]))
                .bind(limits.map(|limits| idle_millis(limits.idle)))
                .bind(limits.map(|limits| limits.absolute_end.as_millis()))
                .bind(limits.map(|limits| limits.expiry(commit.now).as_millis()))
        };
        decode::committed(&self.ask::<Vec<MySqlRow>>(Kind::Writes, &self.statements.commit, bind).await?)
    }
}
