//! The index: under a key of its own for each hash, the sessions that have it; and in each session its own entries.
//!
//! The two are on different nodes of a cluster, so no script reaches both. An entry is added to the index before the
//! commit and dropped from it afterwards, and `find` believes the session alone. Each entry carries a number of its
//! own: dropping an old one never takes away one that another request is adding again.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::try_join_all;

use super::super::{IndexChange, IndexHash, SessionInfo, StoreError, Timestamp};
use super::RedisStore;
use super::layout::{Front, bytes, items, millis, optional, pack, ttl, unpack};
use super::scripts::{FRONT, INDEX_ADD, INDEX_READ, KEPT, time};
use crate::record::id::{SessionId, random_bytes};

/// How long an entry is kept if the commit does not say how long its session may live; one that lives on extends it.
const KEPT_FOR: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// After this and the deadline, an entry that is not in its session has no commit on its way any more.
const SETTLES: Duration = Duration::from_secs(60);

/// A session's entry for one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) hash: IndexHash,
    number: [u8; 8],
}

impl Entry {
    const LEN: usize = 32 + 8;

    fn new(hash: IndexHash) -> Self {
        Self { hash, number: random_bytes() }
    }

    fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..32].copy_from_slice(self.hash.as_bytes());
        bytes[32..].copy_from_slice(&self.number);
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (hash, number) = bytes.split_first_chunk()?;
        Some(Self { hash: IndexHash::from_bytes(*hash), number: number.try_into().ok()? })
    }

    /// As it stands in the index.
    fn member(&self, id: &SessionId) -> Vec<u8> {
        [&id.as_bytes()[..], &self.number].concat()
    }
}

fn read_member(hash: &IndexHash, member: &[u8]) -> Option<(SessionId, Entry)> {
    let (id, number) = member.split_first_chunk()?;
    Some((SessionId::from_bytes(*id), Entry { hash: *hash, number: number.try_into().ok()? }))
}

/// Entries of one session, by key.
#[derive(Default)]
pub(super) struct Entries<'a>(BTreeMap<&'a str, Entry>);

impl<'a> Entries<'a> {
    /// New entries for what these changes bring.
    pub(super) fn new(changes: &'a [IndexChange]) -> Self {
        let entry = |change: &'a IndexChange| Some((&*change.key, Entry::new(change.hash?)));
        Self(changes.iter().filter_map(entry).collect())
    }

    pub(super) fn read(packed: &'a [u8]) -> Result<Self, StoreError> {
        let entry = |packed: Result<(&'a str, &[u8]), StoreError>| {
            let (key, entry) = packed?;
            Ok((key, Entry::read(entry).ok_or("an index entry has 40 bytes")?))
        };
        unpack(packed).map(entry).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn packed(&self) -> Result<Vec<u8>, StoreError> {
        let mut packed = Vec::new();
        for (key, entry) in &self.0 {
            pack(&mut packed, key, &entry.to_bytes())?;
        }
        Ok(packed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> Vec<Entry> {
        self.0.values().copied().collect()
    }

    /// The entries of the keys that these changes take away or replace.
    pub(super) fn replaced_by(&self, changes: &[IndexChange]) -> Vec<Entry> {
        changes.iter().filter_map(|change| self.0.get(&*change.key).copied()).collect()
    }

    fn has(&self, hash: &IndexHash) -> bool {
        self.0.values().any(|entry| entry.hash == *hash)
    }

    fn contains(&self, entry: &Entry) -> bool {
        self.0.values().any(|other| other == entry)
    }
}

/// How long the index is to keep the entries of a commit.
pub(super) fn kept_until(ends: Option<Timestamp>, now: Timestamp) -> Timestamp {
    ends.unwrap_or(now + KEPT_FOR)
}

/// What a session that the index names says of itself.
#[derive(Default)]
struct Hit {
    index: Vec<u8>,
    /// Its line of the list, if it lives.
    found: Option<SessionInfo>,
}

/// Members of the index that no session has any more.
type Stale = Vec<(IndexHash, Vec<u8>)>;

impl RedisStore {
    /// Names the session in the index, before the session itself has the entries.
    pub(super) async fn add(
        &self,
        id: &SessionId,
        entries: &Entries<'_>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let settles = SETTLES.saturating_add(self.link.deadline);
        let add = |entry: &Entry| {
            let call = INDEX_ADD.on(&self.index_key(&entry.hash)).number(millis(settles));
            let call = call.number(ttl(until, now)).arg(entry.member(id));
            async move { self.link.call(&call).await }
        };
        try_join_all(entries.0.values().map(add)).await.map(drop)
    }

    /// Keeps the entries of a session that lives longer than the index had been told.
    pub(super) async fn keep(&self, id: &SessionId, due: &Due<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.add(id, &Entries::read(due.index)?, due.until, now).await?;
        let call = KEPT.on(&self.key(id)).arg(due.before).arg(time(due.until));
        self.link.call(&call).await.map(drop)
    }

    /// Drops entries that the session does not have any more. What stays is stale, and found so later.
    pub(super) async fn drop_entries(&self, id: &SessionId, entries: Vec<Entry>) {
        if !entries.is_empty() {
            let members = entries.into_iter().map(|entry| (entry.hash, entry.member(id))).collect();
            Box::pin(self.drop_members(members)).await;
        }
    }

    async fn drop_members(&self, members: Stale) {
        if members.is_empty() {
            return;
        }
        let drop_one = |(hash, member)| {
            let mut command = redis::cmd("ZREM");
            command.arg(self.index_key(&hash)).arg(member);
            async move { self.link.ask(&command, None).await }
        };
        if let Err(error) = self.within(try_join_all(members.into_iter().map(drop_one))).await {
            tracing::debug!(error, "entries that are out of date stay in the index for now");
        }
    }

    /// The live sessions that have this entry, the oldest first.
    pub(super) async fn look_up(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let (found, stale) = self.within(self.verified(hash, now)).await?;
        self.drop_members(stale).await;
        Ok(found)
    }

    async fn verified(&self, hash: &IndexHash, now: Timestamp) -> Result<(Vec<SessionInfo>, Stale), StoreError> {
        let members = self.members(hash).await?;
        let hits = try_join_all(members.keys().map(|id| self.hit(*id, now))).await?;
        let (mut found, mut stale) = (Vec::new(), Vec::new());
        for ((id, settled), hit) in members.into_iter().zip(hits) {
            let entries = Entries::read(&hit.index)?;
            let gone = settled.iter().filter(|entry| !entries.contains(entry));
            stale.extend(gone.map(|entry| (*hash, entry.member(&id))));
            found.extend(hit.found.filter(|_| entries.has(hash)));
        }
        found.sort_by_key(|found| (found.created, found.id));
        Ok((found, stale))
    }

    /// The sessions that the index names, and those of their entries that have settled.
    async fn members(&self, hash: &IndexHash) -> Result<BTreeMap<SessionId, Vec<Entry>>, StoreError> {
        let reply = self.link.call(&INDEX_READ.on(&self.index_key(hash))).await?;
        let mut members = BTreeMap::<SessionId, Vec<Entry>>::new();
        for (list, has_settled) in items(reply)?.into_iter().zip([true, false]) {
            for member in items(list)? {
                let (id, entry) = read_member(hash, &bytes(member)?).ok_or("an index entry has 24 bytes")?;
                members.entry(id).or_default().extend(has_settled.then_some(entry));
            }
        }
        Ok(members)
    }

    async fn hit(&self, id: SessionId, now: Timestamp) -> Result<Hit, StoreError> {
        let reply = optional(self.link.call(&FRONT.on(&self.key(&id))).await?)?;
        let Some(held) = reply else { return Ok(Hit::default()) };
        let Front { record, index, .. } = Front::read(&held)?;
        let found = record.is_live(now).then(|| SessionInfo::new(id, &record));
        Ok(Hit { index, found })
    }
}

/// A session that lives longer than the index had been told.
pub(super) struct Due<'a> {
    pub(super) index: &'a [u8],
    pub(super) until: Timestamp,
    /// Until when the index keeps it so far, in the session's own words.
    pub(super) before: [u8; 8],
}
