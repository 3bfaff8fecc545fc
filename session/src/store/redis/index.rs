//! The index: for each index hash, a sorted set of its sessions. Each session also stores its own entries.
//!
//! On a cluster, set and session are on different nodes, and no script reaches both. A set member is therefore added
//! before the commit and removed after it, and `find` trusts only the session. Each entry has a nonce, so that the
//! removal of an old entry never removes one that another request adds.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::try_join_all;

use crate::error::StoreError;
use crate::record::id::{SessionId, random_bytes};
use crate::record::index::{IndexChange, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::timestamp::Timestamp;
use crate::store::redis::keyspace::Keyspace;
use crate::store::redis::layout::{
    RecordHead, decode_index_entries, encode_time, into_array, into_bytes, into_optional_bytes, push_index_entry,
    to_millis, ttl_millis,
};
use crate::store::redis::scripts::{ADD_INDEX_ENTRY, READ_HEAD, READ_INDEX, SET_INDEX_EXPIRES};

/// The time to live of an index entry whose commit does not know the session's absolute end. A renewal extends it.
const DEFAULT_INDEX_TTL: Duration = Duration::from_secs(31 * 24 * 3600);

/// Added to the timeout: after this, no commit of an index entry is in flight.
const IN_FLIGHT_MARGIN: Duration = Duration::from_secs(60);

/// A session's index entry for one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct IndexEntry {
    hash: IndexHash,
    nonce: [u8; 8],
}

impl IndexEntry {
    const BYTES: usize = 32 + 8;

    fn new(hash: IndexHash) -> Self {
        Self { hash, nonce: random_bytes() }
    }

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(self.hash.as_bytes());
        bytes[32..].copy_from_slice(&self.nonce);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hash, nonce) = bytes.split_first_chunk()?;
        Some(Self { hash: IndexHash::from_bytes(*hash), nonce: nonce.try_into().ok()? })
    }

    /// Returns the member of the sorted set.
    fn to_member(self, id: &SessionId) -> Vec<u8> {
        [&id.as_bytes()[..], &self.nonce].concat()
    }
}

fn parse_member(hash: &IndexHash, member: &[u8]) -> Option<(SessionId, IndexEntry)> {
    let (id, nonce) = member.split_first_chunk()?;
    Some((SessionId::from_bytes(*id), IndexEntry { hash: *hash, nonce: nonce.try_into().ok()? }))
}

/// The index entries of one session, by key.
#[derive(Default)]
pub(super) struct IndexEntries<'a>(BTreeMap<&'a str, IndexEntry>);

impl<'a> IndexEntries<'a> {
    /// Creates the entries that these changes add.
    pub(super) fn from_changes(changes: &'a [IndexChange]) -> Self {
        let entry = |change: &'a IndexChange| Some((&*change.key, IndexEntry::new(change.hash?)));
        Self(changes.iter().filter_map(entry).collect())
    }

    pub(super) fn decode(encoded: &'a [u8]) -> Result<Self, StoreError> {
        let decode = |entry: Result<(&'a str, &[u8]), StoreError>| {
            let (key, bytes) = entry?;
            Ok((key, IndexEntry::from_bytes(bytes).ok_or("a stored index entry does not have 40 bytes")?))
        };
        decode_index_entries(encoded).map(decode).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let mut encoded = Vec::new();
        for (key, entry) in &self.0 {
            push_index_entry(&mut encoded, key, &entry.to_bytes())?;
        }
        Ok(encoded)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn to_vec(&self) -> Vec<IndexEntry> {
        self.0.values().copied().collect()
    }

    /// Returns the entries that these changes remove or replace.
    pub(super) fn replaced_by(&self, changes: &[IndexChange]) -> Vec<IndexEntry> {
        changes.iter().filter_map(|change| self.0.get(&*change.key).copied()).collect()
    }

    fn has_hash(&self, hash: &IndexHash) -> bool {
        self.0.values().any(|entry| entry.hash == *hash)
    }

    fn contains(&self, entry: &IndexEntry) -> bool {
        self.0.values().any(|other| other == entry)
    }
}

/// Returns the expiry of the index entries of a commit.
pub(super) fn index_expiry(absolute_end: Option<Timestamp>, now: Timestamp) -> Timestamp {
    absolute_end.unwrap_or(now + DEFAULT_INDEX_TTL)
}

/// The index entries of a renewed session that outlives them.
pub(super) struct IndexExtension<'a> {
    /// The encoded entries.
    pub(super) entries: &'a [u8],
    /// The new expiry of the entries.
    pub(super) expires: Timestamp,
    /// The encoded expiry so far.
    pub(super) previous_expires: [u8; 8],
}

/// A session that the index names.
#[derive(Default)]
struct IndexedSession {
    /// The session's encoded index entries.
    entries: Vec<u8>,
    /// Set if the session is live.
    info: Option<SessionInfo>,
}

/// Members of the index whose session does not have the entry.
type StaleMembers = Vec<(IndexHash, Vec<u8>)>;

impl Keyspace {
    /// Adds a session to the index. Its commit must not be sent before.
    pub(super) async fn add_entries(
        &self,
        id: &SessionId,
        entries: &IndexEntries<'_>,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let in_flight_time = IN_FLIGHT_MARGIN.saturating_add(self.connection.timeout());
        let add = |entry: &IndexEntry| {
            let call = ADD_INDEX_ENTRY.call(&self.index_key(&entry.hash)).number(to_millis(in_flight_time));
            let call = call.number(ttl_millis(expires, now)).arg(entry.to_member(id));
            async move { self.connection.run(&call).await }
        };
        try_join_all(entries.0.values().map(add)).await.map(drop)
    }

    /// Extends the time to live of a session's index entries.
    pub(super) async fn extend_entries(
        &self,
        id: &SessionId,
        extension: &IndexExtension<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.add_entries(id, &IndexEntries::decode(extension.entries)?, extension.expires, now).await?;
        let call = SET_INDEX_EXPIRES.call(&self.session_key(id));
        let call = call.arg(extension.previous_expires).arg(encode_time(extension.expires));
        self.connection.run(&call).await.map(drop)
    }

    /// Removes entries that the session no longer has. After a failure, a later `find` removes them.
    pub(super) async fn remove_entries(&self, id: &SessionId, entries: Vec<IndexEntry>) {
        if !entries.is_empty() {
            let members = entries.into_iter().map(|entry| (entry.hash, entry.to_member(id))).collect();
            Box::pin(self.remove_members(members)).await;
        }
    }

    async fn remove_members(&self, members: StaleMembers) {
        if members.is_empty() {
            return;
        }
        let remove = |(hash, member)| {
            let mut command = redis::cmd("ZREM");
            command.arg(self.index_key(&hash)).arg(member);
            async move { self.connection.query(&command, None).await }
        };
        if let Err(error) = self.connection.within(try_join_all(members.into_iter().map(remove))).await {
            tracing::debug!(error, "stale index entries not removed; will retry");
        }
    }

    /// Returns the live sessions with this entry, oldest first, and removes stale members.
    pub(super) async fn find_sessions(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let (sessions, stale) = self.connection.within(self.read_and_verify(hash, now)).await?;
        self.remove_members(stale).await;
        Ok(sessions)
    }

    async fn read_and_verify(
        &self,
        hash: &IndexHash,
        now: Timestamp,
    ) -> Result<(Vec<SessionInfo>, StaleMembers), StoreError> {
        let members = self.read_members(hash).await?;
        let indexed = try_join_all(members.keys().map(|id| self.load_indexed(*id, now))).await?;
        let (mut sessions, mut stale) = (Vec::new(), Vec::new());
        for ((id, removable), session) in members.into_iter().zip(indexed) {
            let entries = IndexEntries::decode(&session.entries)?;
            let obsolete = removable.iter().filter(|entry| !entries.contains(entry));
            stale.extend(obsolete.map(|entry| (*hash, entry.to_member(&id))));
            sessions.extend(session.info.filter(|_| entries.has_hash(hash)));
        }
        sessions.sort_by_key(|info| (info.created, info.id));
        Ok((sessions, stale))
    }

    /// Returns the sessions that the index names, each with the entries whose commit is not in flight.
    async fn read_members(&self, hash: &IndexHash) -> Result<BTreeMap<SessionId, Vec<IndexEntry>>, StoreError> {
        let reply = self.connection.run(&READ_INDEX.call(&self.index_key(hash))).await?;
        let mut members = BTreeMap::<SessionId, Vec<IndexEntry>>::new();
        for (list, is_removable) in into_array(reply)?.into_iter().zip([true, false]) {
            for member in into_array(list)? {
                let member = parse_member(hash, &into_bytes(member)?);
                let (id, entry) = member.ok_or("a member of the index does not have 24 bytes")?;
                members.entry(id).or_default().extend(is_removable.then_some(entry));
            }
        }
        Ok(members)
    }

    async fn load_indexed(&self, id: SessionId, now: Timestamp) -> Result<IndexedSession, StoreError> {
        let reply = self.connection.run(&READ_HEAD.call(&self.session_key(&id))).await?;
        let Some(stored) = into_optional_bytes(reply)? else { return Ok(IndexedSession::default()) };
        let RecordHead { record, index, .. } = RecordHead::decode(&stored)?;
        let info = record.is_live(now).then(|| SessionInfo::new(id, &record));
        Ok(IndexedSession { entries: index, info })
    }
}
