//! A simple custom store with one deliberate defect, or without any.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Changes, Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexCursor, IndexHash, InvalidCursor, Json,
    Limits, Record, RecordPage, Rejection, SessionStore, StoreError, Timestamp, Values,
};

/// A defect of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    CreateOverwrites,
    CreateRevivesExpired,
    CommitCreates,
    CommitIgnoresTheToken,
    CommitIgnoresTheRevision,
    CommitChecksTheRevisionFirst,
    CommitIsNotAtomic,
    CommitReportsAFalseConflict,
    ConflictShowsNoValues,
    RevisionIsNotIncremented,
    TouchIncrementsTheRevision,
    UnsetIsLost,
    ClearIsAppliedLast,
    OtherKeysAreRemoved,
    LabelIsLost,
    RotationKeepsTheLimits,
    RotationTimeIsLost,
    LoginsHaveEqualTimes,
    LoadReturnsExpired,
    LivesAMillisecondTooLong,
    TouchShortens,
    EveryUseExtends,
    ExtendsPastTheEnd,
    JobsExtend,
    JobsNeverExtend,
    DeleteIgnoresTheToken,
    DeleteIgnoresTheIndexEntry,
    DeletedIsStillFound,
    ExpiredIsStillFound,
    CommittedIndexEntriesAreLost,
    MovedIndexEntriesStay,
    RejectedCommitsIndex,
    FindIsUnsorted,
    FindSkipsEqualTimes,
    FindIgnoresTheLimit,
    FindUsesPositions,
    FoundRecordsHaveNoValues,
    InvalidCursorsAreFailures,
    CountIncludesExpired,
    NumbersAreRewritten,
    KeysFoldCase,
    KeysAreTrimmed,
    SweepDeletesLive,
    SweepIgnoresTheBatch,
    ScanSkipsOnePerPage,
    ScanIgnoresTheBatch,
    ScanUsesPositions,
    ServersCacheLoads,
    UnavailableUnderLoad,
}

/// The store instance of one server. Clones share the sessions, but not the cache of `ServersCacheLoads`.
pub(crate) struct CustomStore {
    defect: Option<Defect>,
    rows: Arc<Mutex<Rows>>,
    cache: Mutex<BTreeMap<SessionId, Record>>,
}

type Rows = BTreeMap<SessionId, Row>;

#[derive(Clone)]
struct Row {
    record: Record,
    entries: BTreeMap<Box<str>, IndexHash>,
    /// Index entries that a defect did not remove.
    left: Vec<IndexHash>,
    is_deleted: bool,
}

impl Row {
    fn new(record: Record) -> Self {
        Self { record, entries: BTreeMap::new(), left: Vec::new(), is_deleted: false }
    }

    fn has(&self, hash: &IndexHash) -> bool {
        self.entries.values().chain(&self.left).any(|entry| entry == hash)
    }
}

impl Clone for CustomStore {
    fn clone(&self) -> Self {
        Self { defect: self.defect, rows: Arc::clone(&self.rows), cache: Mutex::default() }
    }
}

impl CustomStore {
    pub(crate) fn new(defect: Option<Defect>) -> Self {
        Self { defect, rows: Arc::default(), cache: Mutex::default() }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    fn is_live(&self, row: &Row, now: Timestamp) -> bool {
        let late = i64::from(self.has(Defect::LivesAMillisecondTooLong));
        !row.is_deleted && row.record.is_live(Timestamp::from_millis(now.as_millis() - late))
    }

    fn live_row(&self, id: &SessionId, now: Timestamp) -> Option<Row> {
        self.rows.lock().unwrap().get(id).filter(|row| self.is_live(row, now)).cloned()
    }

    fn index(&self, row: &mut Row, changes: &[IndexChange]) {
        for IndexChange { key, hash } in changes {
            let before = match hash {
                Some(hash) => row.entries.insert(key.clone(), *hash),
                None => row.entries.remove(key),
            };
            if self.has(Defect::MovedIndexEntriesStay) {
                row.left.extend(before);
            }
        }
    }

    fn rejection(&self, commit: &Commit, record: &Record) -> Option<Rejection> {
        let mut commit = commit.clone();
        if self.has(Defect::CommitIgnoresTheToken) {
            commit.token = None;
        }
        if self.has(Defect::CommitIgnoresTheRevision) {
            commit.revision = None;
        }
        if self.has(Defect::CommitChecksTheRevisionFirst) && commit.revision.is_some_and(|it| it != record.revision) {
            return Some(Rejection::Conflict);
        }
        if self.has(Defect::CommitReportsAFalseConflict) && commit.revision.is_some() && record.revision == 2 {
            return Some(Rejection::Conflict);
        }
        commit.check(&record.token, record.rotated, record.revision)
    }

    fn apply(&self, commit: &Commit, record: &mut Record) {
        let before = record.clone();
        commit.apply(record);
        match self.defect {
            Some(Defect::RevisionIsNotIncremented) => record.revision = before.revision,
            Some(Defect::TouchIncrementsTheRevision) => record.revision = before.revision + 1,
            Some(Defect::UnsetIsLost) => record.values = with(&record.values, commit.changes.unsets(), &before.values),
            Some(Defect::ClearIsAppliedLast) if commit.changes.is_cleared() => record.values = Values::default(),
            Some(Defect::OtherKeysAreRemoved) if !commit.changes.is_empty() => record.values = set_by(&commit.changes),
            Some(Defect::LabelIsLost) => record.label.clone_from(&commit.label),
            Some(Defect::RotationKeepsTheLimits) => record.limits = before.limits,
            Some(Defect::RotationTimeIsLost) => record.rotated = before.rotated,
            Some(Defect::LoginsHaveEqualTimes) if commit.rotation.is_some_and(|rotation| rotation.is_login) => {
                record.login_rotated = Some(commit.now);
            }
            Some(Defect::JobsNeverExtend) if commit.token.is_none() => record.expires = before.expires,
            Some(Defect::TouchShortens) if commit.now < before.last_seen => {
                record.expires = record.limits.expiry(commit.now);
            }
            Some(Defect::EveryUseExtends) if commit.renew_below.is_some() => {
                record.expires = record.limits.expiry(commit.now).max(before.expires);
            }
            Some(Defect::ExtendsPastTheEnd) if record.expires != before.expires => {
                record.expires = commit.now + record.limits.idle;
            }
            Some(Defect::JobsExtend) => record.expires = record.limits.renewed(record.expires, commit.now, 800),
            _ => {}
        }
    }

    /// The stored form of a record.
    fn stored_form(&self, record: &Record) -> Record {
        let mut record = record.clone();
        let fold = |key: &str| match self.defect {
            Some(Defect::KeysFoldCase) => key.to_lowercase(),
            Some(Defect::KeysAreTrimmed) => key.trim_end_matches(' ').to_owned(),
            _ => key.to_owned(),
        };
        let rewrite = |value: &str| match serde_json::from_str::<serde_json::Value>(value) {
            Ok(parsed) if self.has(Defect::NumbersAreRewritten) => Json::from_text(parsed.to_string()),
            _ => Json::from_text(value),
        };
        record.values = record.values.iter().map(|(key, value)| (fold(key), rewrite(value))).collect();
        record
    }

    fn conflict(&self, mut record: Record) -> Committed {
        if self.has(Defect::ConflictShowsNoValues) {
            record.values = Values::default();
        }
        Committed::Conflict(Box::new(record))
    }

    /// Applies a commit to a row, unless it is rejected.
    fn apply_to_row(&self, commit: &Commit, row: &mut Row) -> Committed {
        let rejection = self.rejection(commit, &row.record);
        if rejection.is_none() || self.has(Defect::RejectedCommitsIndex) {
            self.index(row, &commit.index);
        }
        match rejection {
            Some(Rejection::Replaced { rotated }) => return Committed::Replaced { rotated },
            Some(Rejection::Conflict) => return self.conflict(row.record.clone()),
            None => {}
        }
        if self.has(Defect::CommittedIndexEntriesAreLost) {
            row.entries.clear();
        }
        self.apply(commit, &mut row.record);
        row.record = self.stored_form(&row.record);
        // Like a database whose updates return nothing.
        Committed::Done(None)
    }
}

/// These values, with the previous values of some keys.
fn with<'a>(values: &Values, keys: impl Iterator<Item = &'a str>, before: &Values) -> Values {
    let stored_form = keys.filter_map(|key| Some((key.to_owned(), before.get(key)?)));
    values.iter().map(|(key, value)| (key.to_owned(), Json::from_text(value))).chain(stored_form).collect()
}

fn set_by(changes: &Changes) -> Values {
    changes.sets().map(|(key, value)| (key, value.clone())).collect()
}

#[async_trait]
impl SessionStore for CustomStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        if self.has(Defect::ServersCacheLoads) {
            let loaded = self.live_row(id, now).map(|row| row.record);
            return Ok(loaded.map(|record| self.cache.lock().unwrap().entry(*id).or_insert(record).clone()));
        }
        let now = if self.has(Defect::LoadReturnsExpired) { Timestamp::from_millis(0) } else { now };
        Ok(self.live_row(id, now).map(|row| row.record))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let may = match rows.get(id) {
            None => true,
            Some(row) if self.is_live(row, record.created) => self.has(Defect::CreateOverwrites),
            Some(_) => self.has(Defect::CreateRevivesExpired),
        };
        if may {
            let mut row = Row::new(self.stored_form(record));
            self.index(&mut row, index);
            rows.insert(*id, row);
        }
        Ok(may)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        if self.has(Defect::CommitIsNotAtomic) {
            let Some(mut row) = self.live_row(id, commit.now) else { return Ok(Committed::Missing) };
            tokio::task::yield_now().await;
            let committed = self.apply_to_row(commit, &mut row);
            self.rows.lock().unwrap().insert(*id, row);
            return Ok(committed);
        }
        if self.has(Defect::UnavailableUnderLoad) {
            let Ok(mut rows) = self.rows.try_lock() else { return Err("the database is locked".into()) };
            // Long enough for another commit to arrive.
            std::thread::sleep(Duration::from_millis(1));
            return Ok(rows.get_mut(id).map_or(Committed::Missing, |row| self.apply_to_row(commit, row)));
        }
        let mut rows = self.rows.lock().unwrap();
        if self.has(Defect::CommitCreates) && !rows.contains_key(id) {
            let token = commit.token.ok_or("a record has a token")?;
            let limits =
                Limits { idle: Duration::from_secs(100), absolute_end: commit.now + Duration::from_secs(1000) };
            rows.insert(*id, Row::new(Record::new(token, limits, commit.now)));
        }
        let live_row = rows.get_mut(id).filter(|row| self.is_live(row, commit.now));
        Ok(live_row.map_or(Committed::Missing, |row| self.apply_to_row(commit, row)))
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let Some(row) = rows.get_mut(id).filter(|row| self.is_live(row, now)) else { return Ok(Deleted::Missing) };
        match proof {
            DeleteCondition::Token(token) if token != row.record.token && !self.has(Defect::DeleteIgnoresTheToken) => {
                return Ok(Deleted::Replaced { rotated: row.record.rotated });
            }
            DeleteCondition::IndexEntry(hash) if !row.has(&hash) && !self.has(Defect::DeleteIgnoresTheIndexEntry) => {
                return Ok(Deleted::Missing);
            }
            _ => {}
        }
        if self.has(Defect::DeletedIsStillFound) {
            row.is_deleted = true;
        } else {
            rows.remove(id);
        }
        Ok(Deleted::Done)
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let deleted_too = self.has(Defect::DeletedIsStillFound);
        let now = if self.has(Defect::ExpiredIsStillFound) { Timestamp::from_millis(0) } else { now };
        let rows = self.rows.lock().unwrap();
        let carrying = rows.iter().filter(|(_, row)| row.has(hash) && (self.is_live(row, now) || deleted_too));
        let mut found: Vec<_> = carrying.map(|(id, row)| (IndexCursor::new(row.record.created, *id), row)).collect();
        if !self.has(Defect::FindIsUnsorted) {
            found.sort_by_key(|(position, _)| *position);
        }
        let session = |(position, row): &(IndexCursor, &Row)| {
            let mut record = row.record.clone();
            if self.has(Defect::FoundRecordsHaveNoValues) {
                record.values = Values::default();
            }
            (position.id, record)
        };
        if self.has(Defect::FindUsesPositions) {
            let start: usize = cursor.map_or(Ok(0), str::parse)?;
            let end = (start + limit).min(found.len());
            let next = (end < found.len()).then(|| end.to_string());
            return Ok(RecordPage::new(found[start.min(end)..end].iter().map(session).collect(), next));
        }
        let after = cursor.map(str::parse::<IndexCursor>).transpose();
        let after = if self.has(Defect::InvalidCursorsAreFailures) { after.map_err(|_| "no cursor")? } else { after? };
        if let Some(after) = after {
            let skips_equal = self.has(Defect::FindSkipsEqualTimes);
            found.retain(|(position, _)| *position > after && !(skips_equal && position.created == after.created));
        }
        let taken = if self.has(Defect::FindIgnoresTheLimit) { usize::MAX } else { limit };
        Ok(RecordPage::from_sessions(found.iter().take(taken).map(session).collect(), limit))
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let rows = self.rows.lock().unwrap();
        if self.has(Defect::ScanUsesPositions) {
            let from: usize = from.map_or(Ok(0), str::parse)?;
            let next = (from + batch < rows.len()).then(|| (from + batch).to_string());
            let page = rows.iter().skip(from).take(batch);
            return Ok(RecordPage::new(page.map(|(id, row)| (*id, row.record.clone())).collect(), next));
        }
        let after = from.map(str::parse::<SessionId>).transpose().map_err(|_| InvalidCursor)?;
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let batch = if self.has(Defect::ScanIgnoresTheBatch) { usize::MAX } else { batch };
        let skipped = usize::from(self.has(Defect::ScanSkipsOnePerPage) && from.is_some());
        let page: Vec<_> = rows.range((after, Bound::Unbounded)).skip(skipped).take(batch).collect();
        let next = page.last().filter(|_| page.len() == batch).map(|(id, _)| id.to_string());
        let live_row = page.into_iter().filter(|(_, row)| self.is_live(row, now));
        Ok(RecordPage::new(live_row.map(|(id, row)| (*id, row.record.clone())).collect(), next))
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let rows = self.rows.lock().unwrap();
        let includes_expired = self.has(Defect::CountIncludesExpired);
        Ok(Some(rows.values().filter(|row| includes_expired || self.is_live(row, now)).count() as u64))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let early = i64::from(self.has(Defect::SweepDeletesLive));
        let now = Timestamp::from_millis(now.as_millis() + early);
        let batch = if self.has(Defect::SweepIgnoresTheBatch) { usize::MAX } else { batch };
        let expired = rows.iter().filter(|(_, row)| !self.is_live(row, now)).map(|(id, _)| *id);
        let expired: Vec<SessionId> = expired.take(batch).collect();
        for id in &expired {
            rows.remove(id);
        }
        Ok(expired.len())
    }
}
