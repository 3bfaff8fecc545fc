//! The commit: a single-row update for most commits, and a call of the stored procedure for the rest.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::mysql::{MySqlQueryResult, MySqlRow};

use super::decode;
use super::executor::{Executor, StatementKind};
use super::layout::{
    MAX_RECENT_BYTES, RECENT_HEAD_BYTES, RECENT_KEY_BYTES, RECENT_LEN_DIGITS, encode_index_changes, idle_millis,
};
use super::outcome::{EXPIRY_LIMIT_MS, UpdateOutcome};
use super::statements::{Query, Statements};
use crate::error::StoreError;
use crate::record::changes::Changes;
use crate::record::commit::{Commit, Committed, Rotation};
use crate::record::id::{SessionId, TokenHash};
use crate::record::lifetime_limits::Limits;
use crate::record::timestamp::Timestamp;
use crate::store::sql::to_i64;
use crate::store::value_log;

/// The sessions whose log is due for compaction: their next commit calls the procedure, which compacts.
///
/// It is filled by this process's own updates.
#[derive(Default)]
pub(super) struct DueCompactions(Mutex<HashSet<SessionId>>);

impl DueCompactions {
    /// A full set is cleared. The next update of each session adds it again.
    const MAX_SESSIONS: usize = 10_000;

    fn insert(&self, id: &SessionId) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.len() >= Self::MAX_SESSIONS {
            ids.clear();
        }
        ids.insert(*id);
    }

    fn remove(&self, id: &SessionId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// Commits with a single-row update if possible, otherwise with the procedure.
pub(super) async fn run(
    executor: &Executor,
    statements: &Statements,
    due_compactions: &DueCompactions,
    id: &SessionId,
    commit: &Commit,
) -> Result<Committed, StoreError> {
    let log = value_log::encode_changes(&commit.changes);
    if let Some(update) = Update::new(commit, &log)
        && !due_compactions.remove(id)
        && let Some(outcome) = execute_update(executor, statements, id, &update).await?
    {
        if outcome.needs_compaction {
            due_compactions.insert(id);
        }
        return Ok(outcome.committed);
    }
    call_procedure(executor, statements, id, commit, &log).await
}

/// Returns `None` if the update changed nothing and the procedure must be called.
async fn execute_update(
    executor: &Executor,
    statements: &Statements,
    id: &SessionId,
    update: &Update<'_>,
) -> Result<Option<UpdateOutcome>, StoreError> {
    let bind = |query: Query| update.bind(id, query);
    let reply: MySqlQueryResult = executor.execute(StatementKind::Write, update.statement(statements), bind).await?;
    Ok(UpdateOutcome::decode(reply.last_insert_id(), update.now))
}

async fn call_procedure(
    executor: &Executor,
    statements: &Statements,
    id: &SessionId,
    commit: &Commit,
    log: &[u8],
) -> Result<Committed, StoreError> {
    let index = encode_index_changes(&commit.index);
    let token = commit.token.as_ref().map(|token| &token.as_bytes()[..]);
    // No record reaches the maximum revision, so a larger expected revision remains a conflict.
    let expected = commit.revision.map(to_i64);
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
    decode::committed(&executor.execute::<Vec<MySqlRow>>(StatementKind::Write, &statements.commit, bind).await?)
}

/// A commit that a single-row update supports: it writes keys, extends the session, or rotates its token.
struct Update<'a> {
    now: Timestamp,
    token: &'a TokenHash,
    renew_below: u16,
    is_mutation: bool,
    recent: Option<RecentColumn>,
    rotation: Option<RotationUpdate>,
}

impl<'a> Update<'a> {
    /// Returns `None` if the commit needs the procedure.
    fn new(commit: &'a Commit, log: &[u8]) -> Option<Self> {
        let Commit { now, ref token, revision, ref changes, ref rotation, ref label, ref index, renew_below, .. } =
            *commit;
        let is_supported = revision.is_none() && label.is_none() && index.is_empty() && !changes.is_cleared();
        if !is_supported || log.len() > MAX_RECENT_BYTES || now.as_millis() < 0 {
            return None;
        }
        let rotation = match rotation {
            Some(rotation) => Some(RotationUpdate::new(rotation, now)?),
            None => None,
        };
        let (token, renew_below) = (token.as_ref()?, renew_below?);
        let recent = (!log.is_empty()).then(|| RecentColumn::new(changes, log));
        Some(Self { now, token, renew_below, is_mutation: commit.is_mutation(), recent, rotation })
    }

    fn statement<'s>(&self, statements: &'s Statements) -> &'s Arc<str> {
        match (&self.rotation, &self.recent) {
            (None, None) => &statements.extend,
            (None, Some(_)) => &statements.extend_and_write,
            (Some(_), None) => &statements.rotate,
            (Some(_), Some(_)) => &statements.rotate_and_write,
        }
    }

    fn bind(&self, id: &SessionId, query: Query) -> Query {
        let (now, below) = (self.now.as_millis(), i32::from(self.renew_below));
        let query = match &self.rotation {
            Some(RotationUpdate { token, limits, remaining_ms }) => query
                .bind(now)
                .bind(remaining_ms)
                .bind(now)
                .bind(idle_millis(limits.idle))
                .bind(limits.absolute_end.as_millis())
                .bind(&token.as_bytes()[..]),
            None => {
                query.bind(now).bind(now).bind(below).bind(now).bind(now).bind(self.is_mutation).bind(self.is_mutation)
            }
        };
        let query = query.bind(now);
        let query = match &self.recent {
            Some(recent) => query.bind(recent.key()).bind(&*recent.bytes),
            None => query,
        };
        query.bind(&id.as_bytes()[..]).bind(now).bind(&self.token.as_bytes()[..]).bind(now)
    }
}

/// A rotation whose expiry fits in the packed outcome.
struct RotationUpdate {
    token: TokenHash,
    limits: Limits,
    /// The time from now to the expiry.
    remaining_ms: i64,
}

impl RotationUpdate {
    /// Returns `None` if the expiry does not fit.
    fn new(rotation: &Rotation, now: Timestamp) -> Option<Self> {
        let Rotation { token, limits, .. } = *rotation;
        let remaining_ms = limits.expiry(now).as_millis().checked_sub(now.as_millis())?;
        (0 < remaining_ms && remaining_ms < EXPIRY_LIMIT_MS).then_some(Self { token, limits, remaining_ms })
    }
}

/// The content of the column `recent`, without its padding.
struct RecentColumn {
    bytes: Vec<u8>,
    has_key: bool,
}

impl RecentColumn {
    /// The number of digits of the key's length, in the head.
    const KEY_LEN_DIGITS: usize = 2;

    fn new(changes: &Changes, log: &[u8]) -> Self {
        let key = single_key(changes).filter(|key| key.len() <= RECENT_KEY_BYTES - Self::KEY_LEN_DIGITS);
        let key_text =
            key.map_or("-".to_owned(), |key| format!("{:0width$}{key}", key.len(), width = Self::KEY_LEN_DIGITS));
        let mut bytes = format!("{:0width$}{key_text}", log.len(), width = RECENT_LEN_DIGITS).into_bytes();
        bytes.resize(RECENT_HEAD_BYTES, b' ');
        bytes.extend_from_slice(log);
        Self { bytes, has_key: key.is_some() }
    }

    /// Returns the key as it is stored in the head. Without a key, returns a text that matches no head.
    fn key(&self) -> &[u8] {
        if self.has_key { &self.bytes[RECENT_LEN_DIGITS..RECENT_HEAD_BYTES] } else { b"none" }
    }
}

/// Returns the key, if the changes affect exactly one.
fn single_key(changes: &Changes) -> Option<&str> {
    let mut keys = changes.unsets().chain(changes.sets().map(|(key, _)| key));
    keys.next().filter(|_| keys.next().is_none())
}
