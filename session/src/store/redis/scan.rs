//! Scans over all keys with `SCAN`, node by node on a cluster: pages of live sessions, and deletion of expired ones.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;
use redis::Value;

use crate::error::StoreError;
use crate::record::id::SessionId;
use crate::record::index::{IndexHash, InvalidCursor};
use crate::record::timestamp::Timestamp;
use crate::store::redis::connection::NodeAddress;
use crate::store::redis::errors::{invalid_value, is_invalid_value};
use crate::store::redis::keyspace::Keyspace;
use crate::store::redis::layout::{EXPIRES_RANGE, into_array, into_bytes, parse_number, take_time};
use crate::store::session_store::{Deleted, RecordPage};
use crate::store::timeout;

/// The limits of one deletion of expired sessions: keys per `SCAN`, and number of `SCAN`s.
const KEYS_PER_SCAN: usize = 1000;
const MAX_SCANS: usize = 32;

/// The cursor of a scan. On a cluster, it belongs to a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ScanCursor {
    cursor: u64,
    node: Option<NodeAddress>,
}

impl fmt::Display for ScanCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cursor)?;
        self.node.as_ref().map_or(Ok(()), |node| write!(f, "@{node}"))
    }
}

impl FromStr for ScanCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (cursor, node) = text.split_once('@').map_or((text, None), |(cursor, node)| (cursor, Some(node)));
        let cursor = cursor.parse().map_err(|_| InvalidCursor)?;
        Ok(Self { cursor, node: node.map(NodeAddress::from) })
    }
}

/// The position at which the next deletion of expired sessions continues.
#[derive(Clone, Default)]
pub(super) struct SweepCursor(Arc<Mutex<ScanCursor>>);

impl SweepCursor {
    fn get(&self) -> ScanCursor {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, cursor: ScanCursor) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cursor;
    }
}

/// The keys of one page of a scan.
#[derive(Default)]
struct KeyPage {
    sessions: Vec<SessionId>,
    indexes: Vec<IndexHash>,
    next: Option<ScanCursor>,
}

impl Keyspace {
    pub(super) async fn scan(
        &self,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let cursor = cursor.map(str::parse).transpose()?.unwrap_or_default();
        let page = self.scan_keys(&cursor, limit.max(1)).await?;
        let load = |id: SessionId| async move {
            let record = self.skip_invalid(&id, self.load(&id, now).await)?.flatten();
            Ok::<_, StoreError>(record.map(|record| (id, record)))
        };
        let live = try_join_all(page.sessions.into_iter().map(load)).await?.into_iter().flatten();
        Ok(RecordPage::new(live.collect(), page.next.map(|next| next.to_string())))
    }

    /// Deletes expired sessions and stale index entries.
    ///
    /// The scan continues where the last call stopped. A call ends after `MAX_SCANS`, at the limit, or after it
    /// finished that scan and one from the start.
    pub(super) async fn delete_expired(
        &self,
        position: &SweepCursor,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut cursor = position.get();
        let (mut is_from_start, mut deleted) = (cursor == ScanCursor::default(), 0);
        for _ in 0..MAX_SCANS {
            let page = self.scan_keys(&cursor, KEYS_PER_SCAN).await;
            let page = page.map_err(|error| if deleted == 0 { error } else { timeout::unknown_outcome(error) })?;
            let expired = self.delete_expired_sessions(&page.sessions, now, limit - deleted).await;
            deleted += expired.map_err(timeout::unknown_outcome)?;
            if deleted == limit {
                // This page may have more expired sessions. The next call reads it again.
                break;
            }
            let removals = page.indexes.iter().map(|hash| self.sweep_index(hash, now));
            try_join_all(removals).await.map_err(timeout::unknown_outcome)?;
            let (is_end, was_from_start) = (page.next.is_none(), is_from_start);
            is_from_start |= is_end;
            cursor = page.next.unwrap_or_default();
            position.set(cursor.clone());
            if is_end && was_from_start {
                break;
            }
        }
        Ok(deleted)
    }

    async fn delete_expired_sessions(
        &self,
        ids: &[SessionId],
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let read_expiry = |id: SessionId| {
            let mut command = redis::cmd("GETRANGE");
            command.arg(self.session_key(&id)).arg(EXPIRES_RANGE.0).arg(EXPIRES_RANGE.1);
            async move {
                let reply = self.connection.query(&command, None).await;
                Ok::<_, StoreError>(self.skip_invalid(&id, reply.and_then(decode_expiry))?.flatten())
            }
        };
        let expiries = try_join_all(ids.iter().copied().map(read_expiry)).await?;
        let is_expired = |expires: &Option<Timestamp>| expires.is_some_and(|expires| expires <= now);
        let expired = ids.iter().zip(&expiries).filter(|(_, expires)| is_expired(expires)).map(|(id, _)| *id);
        let delete = |id: SessionId| async move {
            let deletion = self.skip_invalid(&id, self.delete_if_expired(&id, now).await)?;
            Ok::<_, StoreError>(deletion.map(|deletion| (id, deletion)))
        };
        let deletions = try_join_all(expired.take(limit).map(delete)).await?;
        let mut count = 0;
        for (id, (deleted, entries)) in deletions.into_iter().flatten() {
            count += usize::from(deleted == Deleted::Done);
            self.remove_entries(&id, entries).await;
        }
        Ok(count)
    }

    /// Removes the stale members of an index entry, and passes over a key that is not an index entry.
    async fn sweep_index(&self, hash: &IndexHash, now: Timestamp) -> Result<(), StoreError> {
        match self.remove_stale_members(hash, now).await {
            Err(error) if is_invalid_value(&error) => {
                tracing::warn!(error, prefix = &*self.prefix, "skipped a key that is not a valid index entry");
                Ok(())
            }
            result => result,
        }
    }

    /// Returns the page of keys at a cursor.
    async fn scan_keys(&self, position: &ScanCursor, count: usize) -> Result<KeyPage, StoreError> {
        let nodes = self.connection.primaries().await?;
        let node = match &position.node {
            None => nodes.first(),
            // If the node left the cluster, the scan continues with the next node.
            Some(node) => match nodes.iter().find(|other| *other >= node) {
                None => return Ok(KeyPage::default()),
                found => found,
            },
        };
        let is_same_node = node == position.node.as_ref() || position.node.is_none();
        let cursor = if is_same_node { position.cursor } else { 0 };
        let mut command = redis::cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(format!("{}:*", self.prefix)).arg("COUNT").arg(count);
        let mut reply = into_array(self.connection.query(&command, node).await?)?.into_iter();
        let mut next_item = || reply.next().unwrap_or(Value::Nil);
        let cursor = parse_number(&into_bytes(next_item())?).ok_or("the cursor that Redis returned is not a number")?;
        let mut page = KeyPage::default();
        for key in into_array(next_item())? {
            let key = into_bytes(key)?;
            page.sessions.extend(self.parse_session_key(&key));
            page.indexes.extend(self.parse_index_key(&key));
        }
        page.next = match cursor {
            0 => {
                let next_node = nodes.iter().find(|other| Some(*other) > node);
                next_node.map(|node| ScanCursor { cursor, node: Some(node.clone()) })
            }
            _ => Some(ScanCursor { cursor, node: node.cloned() }),
        };
        Ok(page)
    }
}

/// Decodes the expiry of a session. The bytes are empty if the session was deleted.
fn decode_expiry(reply: Value) -> Result<Option<Timestamp>, StoreError> {
    let bytes = into_bytes(reply)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    take_time(&mut &*bytes).map(Some).ok_or_else(|| invalid_value("the stored session is truncated"))
}
