//! The index: for each index hash, a set of its sessions, sorted by creation. Each session also stores its own entries.
//!
//! On a cluster, set and session are on different nodes, and no script reaches both. A set member is therefore added
//! before the commit and removed after it, and `find` trusts only the session. Each entry has a nonce, so that the
//! removal of an old entry never removes one that another request adds.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::try_join_all;
use redis::Value;

use crate::error::StoreError;
use crate::record::id::{SessionId, random_bytes};
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::redis::errors::invalid_value;
use crate::store::redis::keyspace::Keyspace;
use crate::store::redis::layout::{
    CREATED_RANGE, RecordHead, decode_index_entries, decode_record, encode_time, into_array, into_bytes,
    into_optional_bytes, push_index_entry, take_bytes, take_time, to_millis, ttl_millis,
};
use crate::store::redis::scripts::{ADD_INDEX_ENTRY, READ_HEAD, READ_INDEX, SET_INDEX_EXPIRES};
use crate::store::session_store::{FindPage, RecordPage};

/// The time to live of an index entry whose commit does not know the session's absolute end. A renewal extends it.
const DEFAULT_INDEX_TTL: Duration = Duration::from_secs(31 * 24 * 3600);

/// Added to the timeout: after this, no commit of an index entry is in flight.
const IN_FLIGHT_MARGIN: Duration = Duration::from_secs(60);

/// The limit of a page. Redis accepts no larger count than an `i64`, and a Lua script blocks the server.
const MAX_PAGE_SIZE: u64 = 10_000;

/// The number of members that the removal of stale entries reads at once.
const REMOVAL_PAGE_SIZE: usize = 1000;

/// A session's index entry for one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct IndexEntry {
    hash: IndexHash,
    nonce: [u8; 8],
    /// The creation of the session.
    created: Timestamp,
}

impl IndexEntry {
    fn new(hash: IndexHash, created: Timestamp) -> Self {
        Self { hash, nonce: random_bytes(), created }
    }

    /// Encodes the hash first, because `delete.lua` compares it.
    fn to_bytes(self) -> Vec<u8> {
        [&self.hash.as_bytes()[..], &self.nonce, &encode_time(self.created)].concat()
    }

    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let (hash, nonce) = (IndexHash::from_bytes(take_bytes(&mut bytes)?), take_bytes(&mut bytes)?);
        let created = take_time(&mut bytes)?;
        bytes.is_empty().then_some(Self { hash, nonce, created })
    }

    /// Returns the member of the sorted set.
    fn to_member(self, id: &SessionId) -> Vec<u8> {
        [&encode_position(IndexCursor::new(self.created, *id))[..], &self.nonce].concat()
    }
}

/// Encodes a position so that the order of the bytes is the order of the positions.
fn encode_position(position: IndexCursor) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&(position.created.as_millis() ^ i64::MIN).to_be_bytes());
    bytes[8..].copy_from_slice(position.id.as_bytes());
    bytes
}

fn parse_member(hash: &IndexHash, mut member: &[u8]) -> Option<(IndexCursor, IndexEntry)> {
    let created = Timestamp::from_millis(i64::from_be_bytes(take_bytes(&mut member)?) ^ i64::MIN);
    let (id, nonce) = (SessionId::from_bytes(take_bytes(&mut member)?), take_bytes(&mut member)?);
    let entry = IndexEntry { hash: *hash, nonce, created };
    member.is_empty().then_some((IndexCursor::new(created, id), entry))
}

/// The index entries of one session, by key.
#[derive(Default)]
pub(super) struct IndexEntries<'a>(BTreeMap<&'a str, IndexEntry>);

impl<'a> IndexEntries<'a> {
    /// Creates the entries that these changes add.
    pub(super) fn from_changes(changes: &'a [IndexChange], created: Timestamp) -> Self {
        let entry = |change: &'a IndexChange| Some((&*change.key, IndexEntry::new(change.hash?, created)));
        Self(changes.iter().filter_map(entry).collect())
    }

    pub(super) fn decode(encoded: &'a [u8]) -> Result<Self, StoreError> {
        let decode = |entry: Result<(&'a str, &[u8]), StoreError>| {
            let (key, bytes) = entry?;
            let invalid = || invalid_value("a stored index entry does not have 48 bytes");
            Ok((key, IndexEntry::from_bytes(bytes).ok_or_else(invalid)?))
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
struct IndexedSession {
    /// The session's encoded index entries.
    entries: Vec<u8>,
    /// Set if the session is live.
    record: Option<Record>,
}

/// A page of the live sessions of one index hash.
struct VerifiedPage {
    sessions: Vec<(SessionId, Record)>,
    stale: StaleMembers,
    next: Option<IndexCursor>,
}

/// The part of the sessions that a page reads.
#[derive(Clone, Copy)]
enum SessionPart {
    Head,
    Whole,
}

/// Members of the index whose session does not have the entry.
type StaleMembers = Vec<(IndexHash, Vec<u8>)>;

/// A page of the members of one index hash, in their order.
#[derive(Default)]
struct MemberPage {
    /// The sessions that the index names, each with the entries whose commit is not in flight.
    members: BTreeMap<IndexCursor, Vec<IndexEntry>>,
    next: Option<IndexCursor>,
}

impl Keyspace {
    /// Returns the entries that a commit adds to a session, or `None` if there is no session. If it adds some, this costs a
    /// round trip for the creation of the session.
    pub(super) async fn new_entries<'a>(
        &self,
        id: &SessionId,
        changes: &'a [IndexChange],
    ) -> Result<Option<IndexEntries<'a>>, StoreError> {
        if changes.iter().all(|change| change.hash.is_none()) {
            return Ok(Some(IndexEntries::default()));
        }
        let mut command = redis::cmd("GETRANGE");
        command.arg(self.session_key(id)).arg(CREATED_RANGE.0).arg(CREATED_RANGE.1);
        let created = into_bytes(self.connection.query(&command, None).await?)?;
        Ok(take_time(&mut &*created).map(|created| IndexEntries::from_changes(changes, created)))
    }

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
            let keys = [&self.index_key(&entry.hash)[..], &self.in_flight_key(&entry.hash)];
            let call = ADD_INDEX_ENTRY.call_on_pair(keys).number(to_millis(in_flight_time));
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

    /// Returns a page of the live sessions with this entry, oldest first, and removes stale members.
    pub(super) async fn find_sessions(
        &self,
        hash: &IndexHash,
        after: Option<IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let page = self.find_verified(hash, after, limit, now, SessionPart::Head).await?;
        let sessions = page.sessions.iter().map(|(id, record)| SessionInfo::new(*id, record));
        Ok(FindPage::new(sessions.collect(), page.next))
    }

    /// Returns a page of the live sessions with this entry and their values, oldest first, and removes stale members.
    pub(super) async fn find_records(
        &self,
        hash: &IndexHash,
        after: Option<IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let page = self.find_verified(hash, after, limit, now, SessionPart::Whole).await?;
        Ok(RecordPage::new(page.sessions, page.next.map(|next| next.to_string())))
    }

    async fn find_verified(
        &self,
        hash: &IndexHash,
        after: Option<IndexCursor>,
        limit: usize,
        now: Timestamp,
        part: SessionPart,
    ) -> Result<VerifiedPage, StoreError> {
        let mut page = self.connection.within(self.read_and_verify(hash, after, limit, now, part)).await?;
        self.remove_members(std::mem::take(&mut page.stale)).await;
        Ok(page)
    }

    /// Removes the stale members of this entry.
    pub(super) async fn remove_stale_members(&self, hash: &IndexHash, now: Timestamp) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.find_sessions(hash, after, REMOVAL_PAGE_SIZE, now).await?;
            let Some(next) = page.next else { return Ok(()) };
            after = Some(next.parse()?);
        }
    }

    async fn read_and_verify(
        &self,
        hash: &IndexHash,
        after: Option<IndexCursor>,
        limit: usize,
        now: Timestamp,
        part: SessionPart,
    ) -> Result<VerifiedPage, StoreError> {
        let MemberPage { members, next } = self.read_members(hash, after, limit).await?;
        let load = |id| async move { self.skip_invalid(&id, self.load_indexed(id, part, now).await) };
        let indexed = try_join_all(members.keys().map(|position| load(position.id))).await?;
        let (mut sessions, mut stale) = (Vec::new(), Vec::new());
        for ((position, removable), session) in members.into_iter().zip(indexed) {
            let Some(session) = session else { continue };
            let entries = IndexEntries::decode(&session.entries)?;
            let obsolete = removable.iter().filter(|entry| !entries.contains(entry));
            stale.extend(obsolete.map(|entry| (*hash, entry.to_member(&position.id))));
            let record = session.record.filter(|_| entries.has_hash(hash));
            sessions.extend(record.map(|record| (position.id, record)));
        }
        Ok(VerifiedPage { sessions, stale, next })
    }

    async fn read_members(
        &self,
        hash: &IndexHash,
        after: Option<IndexCursor>,
        limit: usize,
    ) -> Result<MemberPage, StoreError> {
        // A session may have several members, which differ in their nonce. The bound is behind all of them.
        let start = after.map_or(b"-".to_vec(), |after| [b"(", &encode_position(after)[..], &[0xff; 9]].concat());
        let call = READ_INDEX.call_on_pair([&self.index_key(hash), &self.in_flight_key(hash)]).arg(start);
        let limit = u64::try_from(limit)?.min(MAX_PAGE_SIZE);
        let mut lists = into_array(self.connection.run(&call.number(limit)).await?)?.into_iter();
        let mut next_list = || lists.next().map_or(Ok(Vec::new()), into_array);
        let (members, removable) = (next_list()?, next_list()?);
        let is_full = u64::try_from(members.len())? == limit;
        let mut page = MemberPage::default();
        for (member, is_removable) in members.into_iter().zip(removable) {
            let member = parse_member(hash, &into_bytes(member)?);
            let invalid = || invalid_value("a member of the index does not have 32 bytes");
            let (position, entry) = member.ok_or_else(invalid)?;
            page.members.entry(position).or_default().extend((is_removable == Value::Int(1)).then_some(entry));
        }
        page.next = page.members.last_key_value().map(|(position, _)| *position).filter(|_| is_full);
        Ok(page)
    }

    async fn load_indexed(
        &self,
        id: SessionId,
        part: SessionPart,
        now: Timestamp,
    ) -> Result<IndexedSession, StoreError> {
        let key = self.session_key(&id);
        let reply = match part {
            SessionPart::Head => self.connection.run(&READ_HEAD.call(&key)).await?,
            SessionPart::Whole => self.connection.query(redis::cmd("GET").arg(key), None).await?,
        };
        let Some(stored) = into_optional_bytes(reply)? else {
            return Ok(IndexedSession { entries: Vec::new(), record: None });
        };
        let RecordHead { record, index, .. } = RecordHead::decode(&stored)?;
        IndexEntries::decode(&index)?;
        let record = match part {
            SessionPart::Head => record,
            SessionPart::Whole => decode_record(stored)?,
        };
        Ok(IndexedSession { entries: index, record: Some(record).filter(|record| record.is_live(now)) })
    }
}
