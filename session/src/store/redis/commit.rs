//! Creating, committing and deleting a session: the script calls, and the outcomes that the scripts return.

use redis::{Cmd, Value};

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed, CommittedVersion};
use crate::record::id::{SessionId, TokenHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::redis::errors::invalid_value;
use crate::store::redis::index::{IndexEntries, IndexEntry, IndexExtension, index_expiry};
use crate::store::redis::keyspace::Keyspace;
use crate::store::redis::layout::{
    decode_record, encode_label, encode_record, encode_time, into_array, into_bytes, take_bytes, take_len,
    take_rotated, take_time, take_u64, to_millis, ttl_millis,
};
use crate::store::redis::scripts::{COMMIT, DELETE, ScriptCall};
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::store::value_log;

const TRUNCATED_REPLY: &str = "the reply of a script is truncated";

impl Keyspace {
    pub(super) async fn create(
        &self,
        id: &SessionId,
        record: &Record,
        entries: &IndexEntries<'_>,
    ) -> Result<bool, StoreError> {
        let index_expires = index_expiry(Some(record.limits.absolute_end), record.last_seen);
        self.add_entries(id, entries, index_expires, record.last_seen).await?;
        let stored = encode_record(record, &entries.encode()?, (!entries.is_empty()).then_some(index_expires))?;
        let mut command = Cmd::with_capacity(6, 128 + stored.len());
        command.arg("SET").arg(self.session_key(id)).arg(stored).arg("NX").arg("PX");
        command.arg(ttl_millis(record.expires, record.last_seen));
        Ok(self.connection.query_once(&command).await? != Value::Nil)
    }

    /// Applies a commit. Also returns the entries to remove from the index afterwards.
    pub(super) async fn commit(
        &self,
        id: &SessionId,
        commit: &Commit,
        entries: &IndexEntries<'_>,
    ) -> Result<(Committed, Vec<IndexEntry>), StoreError> {
        let index_expires = index_expiry(commit.rotation.map(|rotation| rotation.limits.absolute_end), commit.now);
        self.add_entries(id, entries, index_expires, commit.now).await?;
        let index_expires = (!entries.is_empty()).then_some(index_expires);
        let call = commit_call(&self.session_key(id), commit, entries, index_expires)?;
        let committed = match self.connection.run_once(&call).await? {
            Value::BulkString(reply) => {
                let CommitReply { revision, expires, previous_index, extension } =
                    CommitReply::decode(&reply).ok_or(TRUNCATED_REPLY)?;
                if let Some(extension) = &extension
                    && let Err(error) = Box::pin(self.extend_entries(id, extension, commit.now)).await
                {
                    // The commit is stored, so it is no error. Each later commit of the session tries again.
                    tracing::warn!(error, session = %id, "failed to extend the index entries of a session; will retry");
                }
                let replaced = IndexEntries::decode(previous_index)?.replaced_by(&commit.index);
                return Ok((Committed::Done(Some(CommittedVersion { revision, expires })), replaced));
            }
            Value::Nil => Committed::Missing,
            rejection => match decode_rejection(rejection)? {
                ScriptRejection::Replaced(rotated) => Committed::Replaced { rotated },
                ScriptRejection::Conflict(stored) => Committed::Conflict(Box::new(decode_record(stored)?)),
            },
        };
        Ok((committed, entries.to_vec()))
    }

    /// Deletes a live session. Also returns the entries to remove from the index afterwards.
    pub(super) async fn delete(
        &self,
        id: &SessionId,
        condition: DeleteCondition,
        now: Timestamp,
    ) -> Result<(Deleted, Vec<IndexEntry>), StoreError> {
        let call = DELETE.call(&self.session_key(id)).arg(encode_time(now));
        let call = match condition {
            DeleteCondition::Token(token) => call.arg("token").arg(token.as_bytes()),
            DeleteCondition::IndexEntry(hash) => call.arg("index_entry").arg(hash.as_bytes()),
            DeleteCondition::None => call.arg("none").arg(""),
        };
        decode_deleted(self.connection.run_once(&call).await?)
    }

    /// Deletes a session if it expired. Also returns the entries to remove from the index afterwards.
    pub(super) async fn delete_if_expired(
        &self,
        id: &SessionId,
        now: Timestamp,
    ) -> Result<(Deleted, Vec<IndexEntry>), StoreError> {
        let call = DELETE.call(&self.session_key(id)).arg(encode_time(now)).arg("expired").arg("");
        decode_deleted(self.connection.run_once(&call).await?)
    }
}

/// Returns the call for a commit. The arguments of the rare changes follow the others, and are omitted without need:
///
/// 1. conditions, 2. log entries, 3. new token and limits, 4. label, 5. expiry of the new index entries, 6. new index
///    entries, 7. and following: the changed index keys
fn commit_call(
    key: &[u8],
    commit: &Commit,
    entries: &IndexEntries<'_>,
    index_expires: Option<Timestamp>,
) -> Result<ScriptCall, StoreError> {
    let log_entries = value_log::encode_changes(&commit.changes);
    let call = COMMIT.call_with_capacity(key, log_entries.len());
    let call = call.arg(encode_conditions(commit)).arg(log_entries);
    let has_label_or_index = commit.label.is_some() || !commit.index.is_empty();
    if commit.rotation.is_none() && !has_label_or_index {
        return Ok(call);
    }
    let call = call.arg(encode_rotation(commit));
    if !has_label_or_index {
        return Ok(call);
    }
    let index_expires = index_expires.map(encode_time);
    let call = call
        .arg(encode_label(commit.label.as_deref()))
        .arg(index_expires.as_ref().map_or(&[][..], |expires| expires))
        .arg(entries.encode()?);
    Ok(commit.index.iter().fold(call, |call, change| call.arg(&*change.key)))
}

/// Encodes the time, the renewal threshold, four flags, the expected token, and the expected revision if there is one.
fn encode_conditions(commit: &Commit) -> Vec<u8> {
    let flags =
        [commit.token.is_some(), commit.renew_below.is_some(), commit.is_mutation(), commit.changes.is_cleared()];
    let mut encoded = Vec::with_capacity(54);
    encoded.extend(encode_time(commit.now));
    encoded.extend(commit.renew_below.unwrap_or_default().to_le_bytes());
    encoded.extend(flags.map(u8::from));
    encoded.extend(commit.token.as_ref().map_or(&[0; 32], TokenHash::as_bytes));
    encoded.extend(commit.revision.iter().flat_map(|revision| revision.to_le_bytes()));
    encoded
}

/// Encodes the new token and its limits in the stored format, and one more byte if a login rotates the token. Empty without a
/// rotation.
fn encode_rotation(commit: &Commit) -> Vec<u8> {
    let Some(rotation) = &commit.rotation else { return Vec::new() };
    let idle = to_millis(rotation.limits.idle).to_le_bytes();
    let absolute_end = encode_time(rotation.limits.absolute_end);
    let login: &[u8] = if rotation.is_login { b"l" } else { b"" };
    [&rotation.token.as_bytes()[..], &idle, &absolute_end, login].concat()
}

/// The reply of the script for an applied commit.
struct CommitReply<'a> {
    revision: u64,
    expires: Timestamp,
    /// The encoded index entries before the commit. Empty if the commit did not change them.
    previous_index: &'a [u8],
    extension: Option<IndexExtension<'a>>,
}

impl<'a> CommitReply<'a> {
    fn decode(mut rest: &'a [u8]) -> Option<Self> {
        let (expires, revision) = (take_time(&mut rest)?, take_u64(&mut rest)?);
        let mut reply = Self { revision, expires, previous_index: &[], extension: None };
        if !rest.is_empty() {
            let len = take_len(&mut rest)?;
            reply.previous_index = rest.split_off(..len)?;
        }
        if !rest.is_empty() {
            let (previous_expires, expires) = (take_bytes(&mut rest)?, take_time(&mut rest)?);
            reply.extension = Some(IndexExtension { entries: rest, expires, previous_expires });
        }
        Some(reply)
    }
}

/// The reason for which a script did not change a live session.
enum ScriptRejection {
    /// The token is not the current one. Contains the time of the last rotation.
    Replaced(Option<Timestamp>),
    /// The revision is not the expected one. Contains the stored session.
    Conflict(Vec<u8>),
}

fn decode_rejection(reply: Value) -> Result<ScriptRejection, StoreError> {
    let [kind, detail] = <[Value; 2]>::try_from(into_array(reply)?).map_err(|_| TRUNCATED_REPLY)?;
    let detail = into_bytes(detail)?;
    Ok(match &*into_bytes(kind)? {
        b"replaced" => ScriptRejection::Replaced(take_rotated(&mut &*detail).ok_or(TRUNCATED_REPLY)?),
        b"damaged" => return Err(invalid_value("the stored session is damaged")),
        _ => ScriptRejection::Conflict(detail),
    })
}

fn decode_deleted(reply: Value) -> Result<(Deleted, Vec<IndexEntry>), StoreError> {
    Ok(match reply {
        Value::BulkString(index) => (Deleted::Done, IndexEntries::decode(&index)?.to_vec()),
        Value::Nil => (Deleted::Missing, Vec::new()),
        rejection => match decode_rejection(rejection)? {
            ScriptRejection::Replaced(rotated) => (Deleted::Replaced { rotated }, Vec::new()),
            ScriptRejection::Conflict(_) => return Err("a deletion was rejected with an unknown reason".into()),
        },
    })
}
