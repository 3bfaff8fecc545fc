//! Claims: what one server did, the other sees at once.

use crate::store::{Commit, Committed, DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{holds, revision, same, same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{EARLY, NOW, Subject, entry, index, token};

pub(in crate::testing::conformance) async fn two_servers_see_each_others_commits(store: Store) {
    let here = Subject::created(&store, &[("a", "1")]).await;
    let there = here.on_the_other_server();
    let promise = "what one server created, the other must load";
    same_record(there.load(NOW).await.as_ref(), Some(&here.record(&[("a", "1")])), promise);
    let created = there.store.create(&there.id, &there.record(&[]), &[]).await;
    holds(!created, "an id that one server has used, the other must not create again");
    let mut swap = there.change(&[Set("b", "2")]);
    swap.revision = Some(1);
    let promise = "a compare-and-swap must see what the other server has committed";
    same(revision(&there.commit(&swap).await, promise), 2, promise);
    holds(matches!(here.commit(&swap).await, Committed::Conflict(_)), promise);
    let promise = "what one server committed, the other must load";
    for subject in [&here, &there] {
        same_values(&subject.stored().await.values, &[("a", "1"), ("b", "2")], promise);
    }
}

pub(in crate::testing::conformance) async fn two_servers_see_each_others_rotations_and_endings(store: Store) {
    let here = Subject::created(&store, &[("a", "1")]).await;
    let there = here.on_the_other_server();
    let rotated = Some(here.after(10));
    there.commit(&there.rotation(token(), there.limits(), there.after(10))).await;
    let refused = here.commit(&here.change(&[Set("a", "2")])).await;
    same(refused, Committed::Replaced { rotated }, "a token that one server replaced must not pass on the other");
    let refused = here.end(DeleteCondition::Token(here.token), here.after(20)).await;
    same(
        refused,
        Deleted::Replaced { rotated },
        "a token that one server replaced must not end the session on the other",
    );
    same(
        there.end(DeleteCondition::None, there.after(20)).await,
        Deleted::Done,
        "the application's word must end a session",
    );
    let promise = "a session that one server ended must be gone on the other";
    same_record(here.load(NOW).await.as_ref(), None, promise);
    same(here.commit(&Commit::empty(NOW)).await, Committed::Missing, promise);
    same(here.end(DeleteCondition::None, NOW).await, Deleted::Missing, promise);
}

pub(in crate::testing::conformance) async fn two_servers_share_one_index(store: Store) {
    let (hash, moved) = (entry(), entry());
    let here = Subject::new(&store);
    here.create(&here.record(&[]), &[index("user", Some(hash))]).await;
    let there = here.on_the_other_server();
    let promise = "a session that one server indexed, the other must find";
    same(there.store.find(&hash, NOW).await, vec![here.line().await], promise);
    let mut move_it = there.touch(NOW);
    move_it.index = vec![index("user", Some(moved))];
    there.commit(&move_it).await;
    let promise = "an entry that one server moved, the other must find where it is, and not where it was";
    same(here.store.find(&hash, NOW).await, vec![], promise);
    same(here.store.find(&moved, NOW).await, vec![here.line().await], promise);
    let ended = here.end(DeleteCondition::IndexEntry(moved), NOW).await;
    same(ended, Deleted::Done, "an entry that one server gave must end the session on the other");
    same(there.store.find(&moved, NOW).await, vec![], "a session that one server ended, the other must not find");
}

pub(in crate::testing::conformance) async fn two_servers_walk_over_the_same_sessions(store: Store) {
    let here = Subject::created(&store, &[("a", "1")]).await;
    let other = store.other();
    let mut from = None::<String>;
    for number in 0_usize.. {
        // A walk goes on with whichever server is asked.
        let server = if number % 2 == 0 { &other } else { &store };
        let page = server.scan(from.as_deref(), 10, NOW).await;
        if let Some((_, record)) = page.sessions.iter().find(|(id, _)| *id == here.id) {
            let promise = "a walk on one server must come to the other's sessions as they are";
            return same_record(Some(record), Some(&here.record(&[("a", "1")])), promise);
        }
        from = page.next;
        holds(from.is_some(), "a walk that goes on with either server must come to every live session");
    }
}

pub(in crate::testing::conformance) async fn sweeping_on_two_servers_drops_each_record_once(store: Store) {
    let subjects = [(); 40].map(|()| Subject::at(&store, EARLY));
    store.drain(subjects[0].after(1000)).await;
    for subject in &subjects {
        subject.create(&subject.record(&[("a", "1")]), &[]).await;
    }
    let late = subjects[0].after(100);
    let sweep = |store: Store| async move {
        let mut dropped = 0;
        // One may come upon what the other is just dropping, and find nothing besides.
        for _ in 0..40 {
            dropped += store.delete_expired(late, 3).await;
        }
        dropped
    };
    let (here, there) = (tokio::spawn(sweep(store.clone())), tokio::spawn(sweep(store.other())));
    let failed = "a sweep must be answered, whoever else sweeps";
    let dropped = here.await.expect(failed) + there.await.expect(failed);
    same(dropped, 40, "two servers that sweep at once must drop each record once, and all of them");
}
