//! A commit: a single update of a single row if it is an ordinary one, and a call of the procedure if not.

use std::hash::{BuildHasher, Hasher, RandomState};

use sqlx::mysql::{MySqlQueryResult, MySqlRow};

use super::ask::{Kind, Query};
use super::rows::{self, RECENT};
use super::statements::Statements;
use super::{MySqlStore, idle_millis, index_list, told};
use crate::id::SessionId;
use crate::store::{Commit, Committed, Limits, Rotation, StoreError, Timestamp, TokenHash, log};

/// One commit in so many is a call, which folds the log if it has grown too long. An update cannot, and one that told
/// whoever comes next would need a memory for it.
const CALLED: u64 = 16;

/// What a single update can do: write a few keys, extend the session, replace the token.
struct Update<'a> {
    now: Timestamp,
    token: &'a TokenHash,
    extend_below: u16,
    counts: bool,
    log: &'a [u8],
    rotation: Option<New>,
}

struct New {
    token: TokenHash,
    limits: Limits,
    expires: Timestamp,
    /// The milliseconds until then.
    left: i64,
}

impl New {
    /// `None` if the expiry is one of which the update could not tell.
    fn of(rotation: &Rotation, now: Timestamp) -> Option<Self> {
        let Rotation { token, limits } = *rotation;
        let expires = limits.expiry(now);
        let left = expires.as_millis().checked_sub(now.as_millis())?;
        (0 < left && left < told::TIMES).then_some(Self { token, limits, expires, left })
    }
}

impl<'a> Update<'a> {
    /// `None` if it takes a call.
    fn of(commit: &'a Commit, log: &'a [u8]) -> Option<Self> {
        let Commit { now, ref token, revision, ref changes, ref rotation, ref label, ref index, extend_below } =
            *commit;
        let is_plain = revision.is_none() && label.is_none() && index.is_empty() && !changes.is_cleared();
        if !is_plain || log.len() > RECENT || now.as_millis() < 0 {
            return None;
        }
        let rotation = match rotation {
            Some(rotation) => Some(New::of(rotation, now)?),
            None => None,
        };
        let (token, extend_below) = (token.as_ref()?, extend_below?);
        Some(Self { now, token, extend_below, counts: commit.changes_something(), log, rotation })
    }

    fn bind(&self, id: &SessionId, query: Query) -> Query {
        let (now, below) = (self.now.as_millis(), i32::from(self.extend_below));
        let length = i32::try_from(self.log.len()).unwrap_or(i32::MAX);
        let query = match &self.rotation {
            Some(New { token, limits, expires, left }) => query
                .bind(left)
                .bind(expires.as_millis())
                .bind(now)
                .bind(idle_millis(limits.idle))
                .bind(limits.end.as_millis())
                .bind(&token.as_bytes()[..]),
            None => query
                .bind(self.counts)
                .bind(now)
                .bind(below)
                .bind(now)
                .bind(now)
                .bind(self.counts)
                .bind(now)
                .bind(below)
                .bind(now),
        };
        let query = query.bind(now).bind(length).bind(length).bind(self.log).bind(length).bind(length);
        query.bind(&id.as_bytes()[..]).bind(now).bind(&self.token.as_bytes()[..]).bind(now)
    }
}

impl MySqlStore {
    pub(super) async fn carry_out(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let log = log::of_changes(&commit.changes);
        if let Some(update) = Update::of(commit, &log)
            && !is_called()
            && let Some(outcome) = self.update(id, &update).await?
        {
            return Ok(outcome);
        }
        self.call(id, commit, &log).await
    }

    /// `None` if nothing was done, and the procedure has to be asked.
    async fn update(&self, id: &SessionId, update: &Update<'_>) -> Result<Option<Committed>, StoreError> {
        let Statements { write, rotate, .. } = &*self.statements;
        let statement = if update.rotation.is_some() { rotate } else { write };
        let told: MySqlQueryResult = self.ask(Kind::Writes, statement, |query| update.bind(id, query)).await?;
        Ok(told::outcome(told.last_insert_id(), update.now))
    }

    async fn call(&self, id: &SessionId, commit: &Commit, log: &[u8]) -> Result<Committed, StoreError> {
        let index = index_list(&commit.index);
        let token = commit.token.as_ref().map(|token| &token.as_bytes()[..]);
        // No record has a revision as large as that, so it stays another one.
        let expected = commit.revision.map(|revision| i64::try_from(revision).unwrap_or(i64::MAX));
        let limits = commit.rotation.map(|rotation| rotation.limits);
        let bind = |query: Query| {
            query
                .bind(&id.as_bytes()[..])
                .bind(commit.now.as_millis())
                .bind(token)
                .bind(expected)
                .bind(commit.changes_something())
                .bind(commit.changes.is_cleared())
                .bind(log)
                .bind(&index)
                .bind(commit.extend_below.map(i64::from))
                .bind(commit.label.as_deref().map(str::as_bytes))
                .bind(commit.rotation.as_ref().map(|rotation| &rotation.token.as_bytes()[..]))
                .bind(limits.map(|limits| idle_millis(limits.idle)))
                .bind(limits.map(|limits| limits.end.as_millis()))
                .bind(limits.map(|limits| limits.expiry(commit.now).as_millis()))
        };
        rows::committed(&self.ask::<Vec<MySqlRow>>(Kind::Writes, &self.statements.commit, bind).await?)
    }
}

/// By chance, so that no pattern of requests keeps a session from its turn.
fn is_called() -> bool {
    RandomState::new().build_hasher().finish().is_multiple_of(CALLED)
}
