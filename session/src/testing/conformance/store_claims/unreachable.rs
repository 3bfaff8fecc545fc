//! Claims: if the server refuses connections, each operation fails at once and reports that nothing was sent.

use std::sync::Arc;
use std::time::Duration;

use crate::error::StoreError;
use crate::store::session_store::{DeleteCondition, SessionStore};
use crate::store::timeout::Unavailable;
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

/// An operation that takes longer waits for the server. Generous, because a test machine may be busy.
const REFUSAL_LIMIT: Duration = Duration::from_secs(30);

pub(crate) async fn a_refused_connection_is_an_error_at_once_and_nothing_was_sent(store: TestStore) {
    let Some(unreachable) = store.unreachable() else { return };
    // A later operation must not depend on the failure of an earlier one.
    for _ in 0..2 {
        let counts = store.count(NOW).await.is_some();
        expect_every_operation_not_sent(unreachable, &TestSession::new(&store), counts).await;
    }
}

pub(crate) async fn concurrent_operations_on_refused_connections_all_fail_at_once(store: TestStore) {
    // More operations than a pool has connections.
    const OPERATIONS: usize = 50;
    let Some(unreachable) = store.unreachable() else { return };
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..OPERATIONS {
        let (unreachable, session) = (Arc::clone(unreachable), TestSession::new(&store));
        tasks.spawn(async move {
            let commit = session.change(&[Set("a", "1")]);
            expect_not_sent("load", unreachable.load(&session.id, NOW)).await;
            expect_not_sent("commit", unreachable.commit(&session.id, &commit)).await;
        });
    }
    tasks.join_all().await;
}

/// `counts`: the store can count its sessions.
async fn expect_every_operation_not_sent(store: &Arc<dyn SessionStore>, session: &TestSession, counts: bool) {
    let (id, hash, record) = (&session.id, random_hash(), session.new_record(&[("a", "1")]));
    let index = [index_change("user", Some(hash))];
    let mut login = session.rotation(random_token(), session.limits(), NOW);
    login.index = index.to_vec();
    expect_not_sent("load", store.load(id, NOW)).await;
    expect_not_sent("create", store.create(id, &record, &[])).await;
    expect_not_sent("create", store.create(id, &record, &index)).await;
    expect_not_sent("commit", store.commit(id, &session.change(&[Set("a", "1")]))).await;
    expect_not_sent("commit", store.commit(id, &login)).await;
    expect_not_sent("commit", store.commit(id, &session.touch(NOW))).await;
    for condition in [DeleteCondition::Token(session.token), DeleteCondition::IndexEntry(hash), DeleteCondition::None] {
        expect_not_sent("delete", store.delete(id, condition, NOW)).await;
    }
    expect_not_sent("find", store.find(&hash, None, 10, NOW)).await;
    expect_not_sent("find_records", store.find_records(&hash, None, 10, NOW)).await;
    if counts {
        expect_not_sent("count", store.count(NOW)).await;
    }
    expect_not_sent("scan", store.scan(None, 10, NOW)).await;
    expect_not_sent("delete_expired", store.delete_expired(NOW, 10)).await;
}

/// Fails if the operation does not return [`Unavailable::NotSent`] at once.
async fn expect_not_sent<T>(operation: &str, result: impl Future<Output = Result<T, StoreError>>) {
    let requirement = format!("`{operation}` must return `Unavailable::NotSent` at once if the connection is refused");
    let Ok(result) = tokio::time::timeout(REFUSAL_LIMIT, result).await else {
        panic!("{requirement}\n  found:    it did not return within {REFUSAL_LIMIT:?}");
    };
    let Err(error) = result else { panic!("{requirement}\n  found:    it succeeded") };
    let is_not_sent = matches!(error.downcast_ref(), Some(Unavailable::NotSent(_)));
    assert!(is_not_sent, "{requirement}\n  found:    {error}");
}
