//! Claims: a walk over all sessions comes to every one that lives, in batches, and to its end.

use std::collections::BTreeMap;

use crate::record::id::SessionId;
use crate::record::stored_record::Record;
use crate::store::session_store::{DeleteCondition, ScanPage};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession};
use crate::testing::conformance::test_store::TestStore;

/// The most pages of a walk, on a store that others use too.
const PAGES: usize = 1_000_000;

/// Walks over all sessions, and looks at each page.
async fn walk(store: &TestStore, batch: usize, mut look: impl AsyncFnMut(&ScanPage)) -> BTreeMap<SessionId, Record> {
    let (mut sessions, mut from) = (BTreeMap::new(), None::<String>);
    for _ in 0..PAGES {
        let page = store.scan(from.as_deref(), batch, NOW).await;
        look(&page).await;
        sessions.extend(page.sessions);
        from = page.next;
        if from.is_none() {
            return sessions;
        }
    }
    panic!("a walk must come to an end: there were {PAGES} pages and no end");
}

async fn sessions(store: &TestStore, number: usize) -> Vec<TestSession> {
    let mut sessions = Vec::new();
    for number in 0..number {
        sessions.push(TestSession::create(store, &[("a", &number.to_string())]).await);
    }
    sessions
}

pub(crate) async fn a_scan_returns_every_live_session(store: TestStore) {
    let sessions = sessions(&store, 45).await;
    sessions[7].commit(&sessions[7].change(&[Set("a", "\"changed\"")])).await;
    for batch in [1, 7, 45, 1000] {
        let walked = walk(&store, batch, async |_| {}).await;
        for session in &sessions {
            let requirement = format!("a walk must come to every live session, with its record: {batch} at a time");
            assert_record(walked.get(&session.id), Some(&session.expect_record().await), requirement);
        }
    }
}

pub(crate) async fn a_scan_returns_no_deleted_or_expired_session(store: TestStore) {
    let sessions = sessions(&store, 6).await;
    sessions[0].delete(DeleteCondition::None, NOW).await;
    let expired = TestSession::new(&store);
    let mut record = expired.new_record(&[]);
    record.expires = NOW;
    expired.store_record(&record, &[]).await;
    let walked = walk(&store, 2, async |_| {}).await;
    for gone in [&sessions[0], &expired] {
        assert!(!walked.contains_key(&gone.id), "a walk must not come to a session that has ended or expired");
    }
    let lives = sessions[1..].iter().filter(|session| walked.contains_key(&session.id)).count();
    assert_equal(lives, 5, "a walk must come to every live session, beside those that are gone");
}

pub(crate) async fn a_scan_returns_pages_of_about_the_limit(store: TestStore) {
    const BATCH: usize = 20;
    sessions(&store, 10 * BATCH).await;
    walk(&store, BATCH, async |page| {
        let sessions = page.sessions.len();
        let requirement = "a part of a walk must have about as many sessions as were asked for";
        assert!(sessions <= 4 * BATCH, "{requirement}: {sessions} instead of about {BATCH}");
    })
    .await;
}

/// Some sessions come and go, and some are changed, while the walk is under way.
pub(crate) async fn a_scan_returns_every_session_that_is_live_throughout(store: TestStore) {
    let sessions = sessions(&store, 160).await;
    let (staying, leaving) = sessions.split_at(100);
    let mut leaving = leaving.chunks(3);
    let mut changing = staying.iter().cycle();
    let walked = walk(&store, 8, async |_| {
        let Some(ended) = leaving.next() else { return };
        for session in ended {
            session.delete(DeleteCondition::None, NOW).await;
        }
        TestSession::create(&store, &[]).await;
        if let Some(session) = changing.next() {
            session.commit(&session.change(&[Set("turn", "1")])).await;
        }
    })
    .await;
    let walked = staying.iter().filter(|session| walked.contains_key(&session.id)).count();
    assert_equal(walked, staying.len(), "a walk must come to every session that lives from its beginning to its end");
}
