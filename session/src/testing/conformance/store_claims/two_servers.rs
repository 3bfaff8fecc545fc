//! Claims: changes of one server are visible to the other server immediately.

use crate::record::commit::{Commit, Committed};
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, SWEEP_NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn two_servers_see_each_others_commits(store: TestStore) {
    let first = TestSession::create(&store, &[("a", "1")]).await;
    let second = first.on_other_server();
    let requirement = "a record created on one server must be loaded on the other";
    assert_record(second.load(NOW).await.as_ref(), Some(&first.new_record(&[("a", "1")])), requirement);
    let created = second.store.create(&second.id, &second.new_record(&[]), &[]).await;
    assert!(!created, "creating on an id that another server used must return false");
    let mut swap = second.change(&[Set("b", "2")]);
    swap.revision = Some(1);
    let requirement = "a compare-and-swap must use the revision of the other server's commit";
    assert_equal(second.apply(&swap, requirement).await.revision, 2, requirement);
    assert!(matches!(first.commit(&swap).await, Committed::Conflict(_)), "{requirement}");
    let requirement = "values committed on one server must be loaded on the other";
    for session in [&first, &second] {
        assert_values(&session.expect_record().await.values, &[("a", "1"), ("b", "2")], requirement);
    }
}

pub(crate) async fn two_servers_see_each_others_rotations_and_deletions(store: TestStore) {
    let first = TestSession::create(&store, &[("a", "1")]).await;
    let second = first.on_other_server();
    let rotated = Some(first.time_after(10));
    second.commit(&second.rotation(random_token(), second.limits(), second.time_after(10))).await;
    let outcome = first.commit(&first.change(&[Set("a", "2")])).await;
    assert_equal(
        outcome,
        Committed::Replaced { rotated },
        "a token rotated on one server must be rejected on the other",
    );
    let outcome = first.delete(DeleteCondition::Token(first.token), first.time_after(20)).await;
    assert_equal(
        outcome,
        Deleted::Replaced { rotated },
        "a token rotated on one server must not delete the session on the other",
    );
    assert_equal(
        second.delete(DeleteCondition::None, second.time_after(20)).await,
        Deleted::Done,
        "a deletion without a condition must return Done",
    );
    let requirement = "a session deleted on one server must be missing on the other";
    assert_record(first.load(NOW).await.as_ref(), None, requirement);
    assert_equal(first.commit(&Commit::empty(NOW)).await, Committed::Missing, requirement);
    assert_equal(first.delete(DeleteCondition::None, NOW).await, Deleted::Missing, requirement);
}

pub(crate) async fn two_servers_share_one_index(store: TestStore) {
    let (hash, changed) = (random_hash(), random_hash());
    let first = TestSession::new(&store);
    first.store_record(&first.new_record(&[]), &[index_change("user", Some(hash))]).await;
    let second = first.on_other_server();
    let requirement = "a session indexed on one server must be found on the other";
    assert_equal(second.store.find(&hash, NOW).await, vec![first.info().await], requirement);
    let mut change = second.touch(NOW);
    change.index = vec![index_change("user", Some(changed))];
    second.commit(&change).await;
    let requirement = "a session must be found only by its new index entry after the other server changed it";
    assert_equal(first.store.find(&hash, NOW).await, vec![], requirement);
    assert_equal(first.store.find(&changed, NOW).await, vec![first.info().await], requirement);
    let outcome = first.delete(DeleteCondition::IndexEntry(changed), NOW).await;
    assert_equal(outcome, Deleted::Done, "an index entry from one server must delete the session on the other");
    assert_equal(
        second.store.find(&changed, NOW).await,
        vec![],
        "a session deleted on one server must not be found on the other",
    );
}

pub(crate) async fn a_scan_can_continue_on_another_server(store: TestStore) {
    let first = TestSession::create(&store, &[("a", "1")]).await;
    let other = store.on_other_server();
    let mut cursor = None::<String>;
    for number in 0_usize.. {
        // The servers take turns, since a cursor is valid on both.
        let server = if number % 2 == 0 { &other } else { &store };
        let page = server.scan(cursor.as_deref(), 10, NOW).await;
        if let Some((_, record)) = page.sessions.iter().find(|(id, _)| *id == first.id) {
            let requirement = "a scan on both servers must return the current record";
            return assert_record(Some(record), Some(&first.new_record(&[("a", "1")])), requirement);
        }
        cursor = page.next;
        assert!(cursor.is_some(), "a scan on both servers must return every live session");
    }
}

pub(crate) async fn sweeping_on_two_servers_deletes_each_record_once(store: TestStore) {
    let sessions = [(); 40].map(|()| TestSession::starting_at(&store, SWEEP_NOW));
    store.delete_all_expired(sessions[0].time_after(1000)).await;
    for session in &sessions {
        session.store_record(&session.new_record(&[("a", "1")]), &[]).await;
    }
    let expiry = sessions[0].time_after(100);
    let delete_expired = |store: TestStore| async move {
        let mut deleted = 0;
        // A call can return 0 while the other server deletes the same records, so the loop does not stop at 0.
        for _ in 0..40 {
            deleted += store.delete_expired(expiry, 3).await;
        }
        deleted
    };
    let (first, second) =
        (tokio::spawn(delete_expired(store.clone())), tokio::spawn(delete_expired(store.on_other_server())));
    let requirement = "`delete_expired` must succeed on two servers at once";
    let deleted = first.await.expect(requirement) + second.await.expect(requirement);
    assert_equal(deleted, 40, "`delete_expired` on two servers must delete and count each record exactly once");
}
