//! Claims: `scan` returns every live session, in pages, and ends; `count` returns their number.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::StoreError;
use crate::record::commit::Commit;
use crate::record::id::SessionId;
use crate::record::index::InvalidCursor;
use crate::record::stored_record::Record;
use crate::store::session_store::{DeleteCondition, RecordPage};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession, random_hash};
use crate::testing::conformance::test_store::TestStore;

/// The limit for one scan. Large, since other claims may use the store too.
const MAX_PAGES: usize = 1_000_000;

/// Scans all sessions, and calls `on_page` with each page.
async fn scan_all(
    store: &TestStore,
    limit: usize,
    mut on_page: impl AsyncFnMut(&RecordPage),
) -> BTreeMap<SessionId, Record> {
    let (mut sessions, mut cursor) = (BTreeMap::new(), None::<String>);
    for _ in 0..MAX_PAGES {
        let page = store.scan(cursor.as_deref(), limit, NOW).await;
        on_page(&page).await;
        sessions.extend(page.sessions);
        cursor = page.next;
        if cursor.is_none() {
            return sessions;
        }
    }
    panic!("a scan must be finite: it returned {MAX_PAGES} pages with a next cursor");
}

async fn create_sessions(store: &TestStore, number: usize) -> Vec<TestSession> {
    let mut sessions = Vec::new();
    for number in 0..number {
        sessions.push(TestSession::create(store, &[("a", &number.to_string())]).await);
    }
    sessions
}

pub(crate) async fn a_scan_returns_every_live_session(store: TestStore) {
    let sessions = create_sessions(&store, 45).await;
    sessions[7].commit(&sessions[7].change(&[Set("a", "\"changed\"")])).await;
    for limit in [1, 7, 45, 1000] {
        let scanned = scan_all(&store, limit, async |_| {}).await;
        for session in &sessions {
            let requirement = format!("a scan must return the record of every live session: limit {limit}");
            assert_record(scanned.get(&session.id), Some(&session.expect_record().await), requirement);
        }
    }
}

pub(crate) async fn a_scan_returns_no_deleted_or_expired_session(store: TestStore) {
    let sessions = create_sessions(&store, 6).await;
    sessions[0].delete(DeleteCondition::None, NOW).await;
    let expired = TestSession::new(&store);
    let mut record = expired.new_record(&[]);
    record.expires = NOW;
    expired.store_record(&record, &[]).await;
    let scanned = scan_all(&store, 2, async |_| {}).await;
    for absent in [&sessions[0], &expired] {
        assert!(!scanned.contains_key(&absent.id), "a scan must not return a deleted or expired session");
    }
    let live_count = sessions[1..].iter().filter(|session| scanned.contains_key(&session.id)).count();
    assert_equal(live_count, 5, "a scan must return every live session");
}

pub(crate) async fn a_scan_returns_pages_of_about_the_limit(store: TestStore) {
    const LIMIT: usize = 20;
    create_sessions(&store, 10 * LIMIT).await;
    scan_all(&store, LIMIT, async |page| {
        let sessions = page.sessions.len();
        let requirement = "a page must have about as many sessions as the limit";
        assert!(sessions <= 4 * LIMIT, "{requirement}: {sessions} instead of about {LIMIT}");
    })
    .await;
}

/// The runtime then reports a mistake of the caller, and not a failure of the store.
pub(crate) async fn a_text_that_is_no_cursor_is_the_error_invalid_cursor(store: TestStore) {
    let store = store.to_session_store();
    let is_invalid = |error: Option<StoreError>| error.is_some_and(|error| error.is::<InvalidCursor>());
    for text in ["", "no cursor", "-1", "\u{1f98a}"] {
        let scanned = store.scan(Some(text), 10, NOW).await.err();
        assert!(is_invalid(scanned), "`scan` must return `InvalidCursor` for {text:?}");
        let found = store.find(&random_hash(), Some(text), 10, NOW).await.err();
        assert!(is_invalid(found), "`find` must return `InvalidCursor` for {text:?}");
        let found = store.find_records(&random_hash(), Some(text), 10, NOW).await.err();
        assert!(is_invalid(found), "`find_records` must return `InvalidCursor` for {text:?}");
    }
}

/// The sessions of other claims have expired at the time of this one.
pub(crate) async fn the_count_is_the_number_of_live_sessions(store: TestStore) {
    let now = NOW + Duration::from_secs(400 * 365 * 24 * 3600);
    let end = TestSession::starting_at(&store, now).time_after(100);
    let Some((before, before_end)) = store.count(now).await.zip(store.count(end).await) else { return };
    let mut sessions = Vec::new();
    for _ in 0..5 {
        let session = TestSession::starting_at(&store, now);
        session.store_record(&session.new_record(&[("a", "1")]), &[]).await;
        sessions.push(session);
    }
    let large = format!("\"{}\"", "x".repeat(50_000));
    sessions[0].commit(&Commit { now, ..sessions[0].change(&[Set("a", &large)]) }).await;
    assert_equal(store.count(now).await, Some(before + 5), "a live session must be counted once");
    sessions[1].delete(DeleteCondition::None, now).await;
    sessions[2].commit(&sessions[2].touch(sessions[2].time_after(90))).await;
    assert_equal(store.count(now).await, Some(before + 4), "a deleted session must not be counted");
    let requirement = "an expired session must not be counted, and a renewed one must be";
    assert_equal(store.count(end).await, Some(before_end + 1), requirement);
}

/// Sessions are created, deleted and changed during the scan.
pub(crate) async fn a_scan_returns_every_session_that_is_live_throughout(store: TestStore) {
    let sessions = create_sessions(&store, 160).await;
    let (kept, deleted) = sessions.split_at(100);
    let mut deleted = deleted.chunks(3);
    let mut changed = kept.iter().cycle();
    let scanned = scan_all(&store, 8, async |_| {
        let Some(sessions) = deleted.next() else { return };
        for session in sessions {
            session.delete(DeleteCondition::None, NOW).await;
        }
        TestSession::create(&store, &[]).await;
        if let Some(session) = changed.next() {
            session.commit(&session.change(&[Set("turn", "1")])).await;
        }
    })
    .await;
    let scanned = kept.iter().filter(|session| scanned.contains_key(&session.id)).count();
    assert_equal(scanned, kept.len(), "a scan must return every session that is live throughout");
}
