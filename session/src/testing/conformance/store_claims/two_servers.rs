//! Claims: what one server did, the other sees at once.

use crate::record::commit::{Commit, Committed};
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values, expect_revision};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, SWEEP_NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn two_servers_see_each_others_commits(store: TestStore) {
    let here = TestSession::create(&store, &[("a", "1")]).await;
    let there = here.on_other_server();
    let requirement = "what one server created, the other must load";
    assert_record(there.load(NOW).await.as_ref(), Some(&here.new_record(&[("a", "1")])), requirement);
    let created = there.store.create(&there.id, &there.new_record(&[]), &[]).await;
    assert!(!created, "an id that one server has used, the other must not create again");
    let mut swap = there.change(&[Set("b", "2")]);
    swap.revision = Some(1);
    let requirement = "a compare-and-swap must see what the other server has committed";
    assert_equal(expect_revision(&there.commit(&swap).await, requirement), 2, requirement);
    assert!(matches!(here.commit(&swap).await, Committed::Conflict(_)), "{requirement}");
    let requirement = "what one server committed, the other must load";
    for session in [&here, &there] {
        assert_values(&session.expect_record().await.values, &[("a", "1"), ("b", "2")], requirement);
    }
}

pub(crate) async fn two_servers_see_each_others_rotations_and_deletions(store: TestStore) {
    let here = TestSession::create(&store, &[("a", "1")]).await;
    let there = here.on_other_server();
    let rotated = Some(here.time_after(10));
    there.commit(&there.rotation(random_token(), there.limits(), there.time_after(10))).await;
    let refused = here.commit(&here.change(&[Set("a", "2")])).await;
    assert_equal(
        refused,
        Committed::Replaced { rotated },
        "a token that one server replaced must not pass on the other",
    );
    let refused = here.delete(DeleteCondition::Token(here.token), here.time_after(20)).await;
    assert_equal(
        refused,
        Deleted::Replaced { rotated },
        "a token that one server replaced must not end the session on the other",
    );
    assert_equal(
        there.delete(DeleteCondition::None, there.time_after(20)).await,
        Deleted::Done,
        "the application's word must end a session",
    );
    let requirement = "a session that one server ended must be gone on the other";
    assert_record(here.load(NOW).await.as_ref(), None, requirement);
    assert_equal(here.commit(&Commit::empty(NOW)).await, Committed::Missing, requirement);
    assert_equal(here.delete(DeleteCondition::None, NOW).await, Deleted::Missing, requirement);
}

pub(crate) async fn two_servers_share_one_index(store: TestStore) {
    let (hash, moved) = (random_hash(), random_hash());
    let here = TestSession::new(&store);
    here.store_record(&here.new_record(&[]), &[index_change("user", Some(hash))]).await;
    let there = here.on_other_server();
    let requirement = "a session that one server indexed, the other must find";
    assert_equal(there.store.find(&hash, NOW).await, vec![here.info().await], requirement);
    let mut move_it = there.touch(NOW);
    move_it.index = vec![index_change("user", Some(moved))];
    there.commit(&move_it).await;
    let requirement = "an entry that one server moved, the other must find where it is, and not where it was";
    assert_equal(here.store.find(&hash, NOW).await, vec![], requirement);
    assert_equal(here.store.find(&moved, NOW).await, vec![here.info().await], requirement);
    let ended = here.delete(DeleteCondition::IndexEntry(moved), NOW).await;
    assert_equal(ended, Deleted::Done, "an entry that one server gave must end the session on the other");
    assert_equal(
        there.store.find(&moved, NOW).await,
        vec![],
        "a session that one server ended, the other must not find",
    );
}

pub(crate) async fn a_scan_can_continue_on_another_server(store: TestStore) {
    let here = TestSession::create(&store, &[("a", "1")]).await;
    let other = store.on_other_server();
    let mut from = None::<String>;
    for number in 0_usize.. {
        // A walk goes on with whichever server is asked.
        let server = if number % 2 == 0 { &other } else { &store };
        let page = server.scan(from.as_deref(), 10, NOW).await;
        if let Some((_, record)) = page.sessions.iter().find(|(id, _)| *id == here.id) {
            let requirement = "a walk on one server must come to the other's sessions as they are";
            return assert_record(Some(record), Some(&here.new_record(&[("a", "1")])), requirement);
        }
        from = page.next;
        assert!(from.is_some(), "a walk that goes on with either server must come to every live session");
    }
}

pub(crate) async fn sweeping_on_two_servers_deletes_each_record_once(store: TestStore) {
    let sessions = [(); 40].map(|()| TestSession::starting_at(&store, SWEEP_NOW));
    store.delete_all_expired(sessions[0].time_after(1000)).await;
    for session in &sessions {
        session.store_record(&session.new_record(&[("a", "1")]), &[]).await;
    }
    let late = sessions[0].time_after(100);
    let sweep = |store: TestStore| async move {
        let mut dropped = 0;
        // One may come upon what the other is just dropping, and find nothing besides.
        for _ in 0..40 {
            dropped += store.delete_expired(late, 3).await;
        }
        dropped
    };
    let (here, there) = (tokio::spawn(sweep(store.clone())), tokio::spawn(sweep(store.on_other_server())));
    let failed = "a sweep must be answered, whoever else sweeps";
    let dropped = here.await.expect(failed) + there.await.expect(failed);
    assert_equal(dropped, 40, "two servers that sweep at once must drop each record once, and all of them");
}
