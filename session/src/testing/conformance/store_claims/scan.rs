//! Claims: `scan` returns every live session, in pages, and ends.

use std::collections::BTreeMap;

use crate::record::id::SessionId;
use crate::record::stored_record::Record;
use crate::store::session_store::{DeleteCondition, ScanPage};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession};
use crate::testing::conformance::test_store::TestStore;

/// The limit for one scan. Large, since other claims may use the store too.
const MAX_PAGES: usize = 1_000_000;

/// Scans all sessions, and calls `on_page` with each page.
async fn scan_all(
    store: &TestStore,
    limit: usize,
    mut on_page: impl AsyncFnMut(&ScanPage),
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
