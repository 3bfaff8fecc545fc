//! The walk over all sessions, with SCAN: on a cluster node by node.

use std::fmt;
use std::str::FromStr;

use futures_util::future::try_join_all;
use redis::{Cmd, Value};

use super::super::{Deleted, IndexHash, Record, ScanPage, StoreError, Timestamp};
use super::connection::Node;
use super::layout::{self, EXPIRES, bytes, items, number, optional, take_time};
use super::scripts::drop_expired;
use super::{RedisStore, deleted};
use crate::record::id::SessionId;

/// How many keys one SCAN of a sweep looks at, and how many of them one sweep may take.
const SWEPT_AT_ONCE: usize = 1000;
const SCANS_PER_SWEEP: usize = 32;

/// Where a walk goes on: the cursor, and on a cluster the node that gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    cursor: u64,
    node: Option<Node>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cursor)?;
        self.node.as_ref().map_or(Ok(()), |node| write!(f, "@{node}"))
    }
}

impl FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (cursor, node) = text.split_once('@').map_or((text, None), |(cursor, node)| (cursor, Some(node)));
        let cursor = cursor.parse().map_err(|_| "a walk goes on with what the page before it said")?;
        Ok(Self { cursor, node: node.map(Node::from) })
    }
}

/// The keys of one part of a walk.
#[derive(Default)]
struct Keys {
    sessions: Vec<SessionId>,
    indexes: Vec<IndexHash>,
    next: Option<Place>,
}

impl RedisStore {
    pub(super) async fn page(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let place = from.map(str::parse).transpose()?.unwrap_or_default();
        let keys = self.keys(&place, batch.max(1)).await?;
        let load = |id: SessionId| async move { Ok::<_, StoreError>((id, self.record(&id, now).await?)) };
        let records = try_join_all(keys.sessions.into_iter().map(load)).await?;
        let live = records.into_iter().filter_map(|(id, record)| Some((id, record?)));
        Ok(ScanPage::new(live.collect(), keys.next.map(|next| next.to_string())))
    }

    pub(super) async fn record(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let mut command = Cmd::with_capacity(2, 64);
        command.arg("GET").arg(self.key(id));
        let Some(held) = optional(self.link.ask(&command, None).await?)? else { return Ok(None) };
        Ok(Some(layout::record(held)?).filter(|record| record.is_live(now)))
    }

    /// Drops what has expired by `now`, on a walk that goes on where the last call stopped: to the end, and then once
    /// around, as far as one call goes.
    pub(super) async fn sweep(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let mut place = self.swept();
        let (mut goes_around, mut dropped) = (place == Place::default(), 0);
        for _ in 0..SCANS_PER_SWEEP {
            let keys = self.keys(&place, SWEPT_AT_ONCE).await?;
            dropped += self.drop_expired(&keys.sessions, now, batch - dropped).await?;
            if dropped == batch {
                // There may be more in this part: it comes first in the next call.
                break;
            }
            try_join_all(keys.indexes.iter().map(|hash| self.look_up(hash, now))).await?;
            let (is_end, was_around) = (keys.next.is_none(), goes_around);
            goes_around |= is_end;
            place = keys.next.unwrap_or_default();
            self.note_swept(place.clone());
            if is_end && was_around {
                break;
            }
        }
        Ok(dropped)
    }

    async fn drop_expired(&self, ids: &[SessionId], now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let expiry = |id: &SessionId| {
            let mut command = redis::cmd("GETRANGE");
            command.arg(self.key(id)).arg(EXPIRES.0).arg(EXPIRES.1);
            async move { bytes(self.link.ask(&command, None).await?) }
        };
        let expiries = try_join_all(ids.iter().map(expiry)).await?;
        // Nothing of one that is gone.
        let has_expired = |expires: &[u8]| take_time(&mut &*expires).is_some_and(|expires| expires <= now);
        let expired = ids.iter().zip(&expiries).filter(|(_, expires)| has_expired(expires)).map(|(id, _)| id);
        let drop_one = |id: &SessionId| {
            let call = drop_expired(&self.key(id), now);
            let id = *id;
            async move { Ok::<_, StoreError>((id, deleted(self.link.call_once(&call).await?)?)) }
        };
        let deletions = try_join_all(expired.take(batch).map(drop_one)).await?;
        let mut dropped = 0;
        for (id, (deleted, entries)) in deletions {
            dropped += usize::from(deleted == Deleted::Done);
            self.drop_entries(&id, entries).await;
        }
        Ok(dropped)
    }

    /// The keys of the part of a walk that begins here.
    async fn keys(&self, place: &Place, count: usize) -> Result<Keys, StoreError> {
        let nodes = self.link.nodes().await?;
        let node = match &place.node {
            None => nodes.first(),
            // A node that is gone has left its place to the next.
            Some(node) => match nodes.iter().find(|other| *other >= node) {
                None => return Ok(Keys::default()),
                at => at,
            },
        };
        let cursor = if node == place.node.as_ref() || place.node.is_none() { place.cursor } else { 0 };
        let mut command = redis::cmd("SCAN");
        command.arg(cursor).arg("MATCH").arg(format!("{}:*", self.prefix)).arg("COUNT").arg(count);
        let mut reply = items(self.link.ask(&command, node).await?)?.into_iter();
        let mut next = || reply.next().unwrap_or(Value::Nil);
        let cursor = number(&bytes(next())?).ok_or("a cursor is a number")?;
        let mut keys = Keys::default();
        for key in items(next())? {
            self.sort_in(&bytes(key)?, &mut keys);
        }
        keys.next = match cursor {
            0 => nodes.iter().find(|other| Some(*other) > node).map(|node| Place { cursor, node: Some(node.clone()) }),
            _ => Some(Place { cursor, node: node.cloned() }),
        };
        Ok(keys)
    }

    /// A key of ours, by what it is of.
    fn sort_in(&self, key: &[u8], keys: &mut Keys) {
        let Some(name) = std::str::from_utf8(key).ok().and_then(|key| key.strip_prefix(&*self.prefix)) else { return };
        let hash =
            name.strip_prefix(":index:").and_then(|hash| hex::decode(hash).ok()).and_then(|hash| hash.try_into().ok());
        keys.indexes.extend(hash.map(IndexHash::from_bytes));
        keys.sessions.extend(name.strip_prefix(':').and_then(|id| id.parse::<SessionId>().ok()));
    }
}
