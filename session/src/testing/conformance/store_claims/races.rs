//! Claims: operations at one time are each whole, and none is lost. Each race is run on one server, and on two.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::record::commit::{Commit, Committed};
use crate::record::index::IndexHash;
use crate::record::stored_record::Record;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values, expect_revision};
use crate::testing::conformance::test_session::KeyChange::{Clear, Set};
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token, values};
use crate::testing::conformance::test_store::TestStore;

const ROUNDS: usize = 30;
const DONE: &str = "a commit on a live record must be done, whoever else commits";

/// What each of some rivals got, all let loose at once.
async fn rivals<R: Send + 'static>(all: impl IntoIterator<Item = impl Future<Output = R> + Send + 'static>) -> Vec<R> {
    all.into_iter().collect::<JoinSet<R>>().join_all().await
}

/// The same session on two servers, or twice on one.
type Clients = [TestSession; 2];

fn on_one_server(session: &TestSession) -> Clients {
    [session.clone(), session.clone()]
}

fn on_two_servers(session: &TestSession) -> Clients {
    [session.clone(), session.on_other_server()]
}

pub(crate) async fn concurrent_commits_of_different_keys_are_all_stored(store: TestStore) {
    all_commits_survive(on_one_server(&TestSession::create(&store, &[]).await)).await;
}

pub(crate) async fn concurrent_commits_on_two_servers_are_all_stored(store: TestStore) {
    all_commits_survive(on_two_servers(&TestSession::create(&store, &[]).await)).await;
}

async fn all_commits_survive(clients: Clients) {
    let mut tasks = JoinSet::new();
    for pair in 0..100 {
        for (side, session) in ["a", "b"].into_iter().zip(&clients) {
            let (session, key) = (session.clone(), format!("{side}{pair}"));
            tasks.spawn(async move { session.commit(&session.change(&[Set(&key, &pair.to_string())])).await });
        }
    }
    let revisions: BTreeSet<u64> =
        tasks.join_all().await.iter().map(|committed| expect_revision(committed, DONE)).collect();
    let record = clients[0].expect_record().await;
    assert_equal(record.values.len(), 200, "commits of different keys must all survive: so many of 200 did");
    let requirement = "each commit must see the one before it, and count one revision on";
    assert_equal(revisions, (2..=201).collect(), requirement);
    assert_equal(record.revision, 201, requirement);
}

pub(crate) async fn concurrent_compare_and_swaps_lose_no_update(store: TestStore) {
    all_swaps_count(on_one_server(&TestSession::create(&store, &[("count", "0")]).await)).await;
}

pub(crate) async fn concurrent_compare_and_swaps_on_two_servers_lose_no_update(store: TestStore) {
    all_swaps_count(on_two_servers(&TestSession::create(&store, &[("count", "0")]).await)).await;
}

async fn all_swaps_count(clients: Clients) {
    let counters = (0..100).map(|number| count_one_on(clients[number % 2].clone()));
    let revisions: BTreeSet<u64> = rivals(counters).await.into_iter().collect();
    let requirement = "of two compare-and-swaps on one revision, one must go ahead and the other must not";
    assert_values(&clients[0].expect_record().await.values, &[("count", "100")], requirement);
    assert_equal(revisions, (2..=101).collect(), requirement);
}

/// Adds one to the counter, again and again until nobody was faster, and says which revision that made.
async fn count_one_on(session: TestSession) -> u64 {
    let mut basis = session.expect_record().await;
    loop {
        let count = basis.values.get("count").and_then(|count| count.as_str().parse::<u64>().ok());
        let next = (count.expect("a record must hold the count that was stored") + 1).to_string();
        let mut swap = session.change(&[Set("count", &next)]);
        swap.revision = Some(basis.revision);
        match session.commit(&swap).await {
            Committed::Conflict(record) => basis = *record,
            other => return expect_revision(&other, "a compare-and-swap must be done, or say Conflict"),
        }
    }
}

pub(crate) async fn a_concurrent_clear_removes_both_keys_of_a_commit_or_none(store: TestStore) {
    const COMMITS: usize = 150;
    const REQUIREMENT: &str = "a commit of two keys must be seen whole: a load saw half of one";
    let (session, start) = (TestSession::create(&store, &[]).await, Arc::new(Barrier::new(3)));
    let writer = repeat(&session, &start, COMMITS, |session, round| {
        let text = round.to_string();
        session.change(&[Set("a", &text), Set("b", &text)])
    });
    let clearer = repeat(&session, &start, COMMITS, |session, _| session.change(&[Clear]));
    start.wait().await;
    // A store in memory may be through with it before the first look.
    let mut is_over = false;
    while !is_over {
        is_over = writer.is_finished() && clearer.is_finished();
        let values = session.expect_record().await.values;
        let text = |key| values.get(key).map(|value| value.as_str().to_owned());
        assert_equal(text("a"), text("b"), REQUIREMENT);
        tokio::task::yield_now().await;
    }
    joined(writer).await;
    joined(clearer).await;
    assert_equal(
        session.expect_record().await.revision,
        1 + 2 * COMMITS as u64,
        "every commit must count one revision",
    );
}

type Task = tokio::task::JoinHandle<()>;

fn repeat(
    session: &TestSession,
    start: &Arc<Barrier>,
    times: usize,
    commit: fn(&TestSession, usize) -> Commit,
) -> Task {
    let (session, start) = (session.clone(), Arc::clone(start));
    tokio::spawn(async move {
        start.wait().await;
        for round in 0..times {
            expect_revision(&session.commit(&commit(&session, round)).await, DONE);
        }
    })
}

/// Waits for a task, and fails as it failed.
async fn joined<T>(task: tokio::task::JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

pub(crate) async fn of_concurrent_creations_exactly_one_succeeds(store: TestStore) {
    one_creation_succeeds(|store| on_one_server(&TestSession::new(store)), &store).await;
}

pub(crate) async fn of_concurrent_creations_on_two_servers_exactly_one_succeeds(store: TestStore) {
    one_creation_succeeds(|store| on_two_servers(&TestSession::new(store)), &store).await;
}

async fn one_creation_succeeds(clients: fn(&TestStore) -> Clients, store: &TestStore) {
    for _ in 0..ROUNDS {
        let clients = clients(store);
        let creations = ["1", "2", "3", "4"].into_iter().zip(clients.iter().cycle()).map(|(text, session)| {
            let session = session.clone();
            async move {
                let record = rival(&session, text);
                (text, session.store.create(&session.id, &record, &[]).await)
            }
        });
        let winners: Vec<_> = rivals(creations).await.into_iter().filter(|(_, won)| *won).collect();
        assert_equal(winners.len(), 1, "of rival creations exactly one must succeed: so many did");
        let requirement = "of rival creations the winner's record must be kept, whole and alone";
        assert_record(clients[0].load(NOW).await.as_ref(), Some(&rival(&clients[0], winners[0].0)), requirement);
    }
}

fn rival(session: &TestSession, text: &str) -> Record {
    let mut record = session.new_record(&[]);
    record.values = values(&[("a", text), (text, text)]);
    record
}

pub(crate) async fn of_concurrent_rotations_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_rotation_succeeds(on_one_server(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

pub(crate) async fn of_concurrent_rotations_on_two_servers_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_rotation_succeeds(on_two_servers(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

async fn one_rotation_succeeds(clients: Clients) {
    let rotations = (0..4).map(|number| {
        let (session, next) = (clients[number % 2].clone(), random_token());
        async move { (next, session.commit(&session.rotation(next, session.limits(), NOW)).await) }
    });
    let outcomes = rivals(rotations).await;
    let (winners, losers): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|(_, outcome)| matches!(outcome, Committed::Done { .. }));
    assert_equal(winners.len(), 1, "of rival rotations exactly one must succeed: so many did");
    for (_, lost) in losers {
        assert_equal(
            lost,
            Committed::Replaced { rotated: Some(NOW) },
            "of rival rotations the losers must be told Replaced",
        );
    }
    let kept = clients[0].expect_record().await.token;
    assert!(kept == winners[0].0, "of rival rotations the winner's token must be the current one");
}

pub(crate) async fn of_concurrent_deletions_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_ending_succeeds(on_one_server(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

pub(crate) async fn of_concurrent_deletions_on_two_servers_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_ending_succeeds(on_two_servers(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

async fn one_ending_succeeds(clients: Clients) {
    let endings = (0..4).map(|number| {
        let session = clients[number % 2].clone();
        async move { session.delete(DeleteCondition::Token(session.token), NOW).await }
    });
    let outcomes = rivals(endings).await;
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let counts = (count(Deleted::Done), count(Deleted::Missing));
    assert_equal(counts, (1, 3), "of four rival endings one must say Done and three must say Missing");
}

pub(crate) async fn a_concurrent_commit_never_revives_a_deleted_session(store: TestStore) {
    nothing_comes_back(on_one_server, &store).await;
}

pub(crate) async fn a_concurrent_commit_never_revives_a_session_deleted_on_another_server(store: TestStore) {
    nothing_comes_back(on_two_servers, &store).await;
}

async fn nothing_comes_back(clients: fn(&TestSession) -> Clients, store: &TestStore) {
    let requirement = "nothing must come back after an ending that raced a commit";
    for _ in 0..ROUNDS {
        let (session, hash) = (TestSession::create(store, &[("a", "1")]).await, random_hash());
        end_among_commits(clients(&session), hash).await;
        assert_record(session.load(NOW).await.as_ref(), None, requirement);
        assert!(store.find(&hash, NOW).await.is_empty(), "{requirement}: an index entry did");
        if store.create(&session.id, &session.new_record(&[]), &[]).await {
            assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[])), requirement);
        }
    }
}

/// Commits before, at and after the time of an ending.
async fn end_among_commits([here, there]: Clients, hash: IndexHash) {
    let mut change = here.change(&[Set("a", "2"), Set("b", "3")]);
    change.index = vec![index_change("user", Some(hash))];
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        if number == 3 {
            let there = there.clone();
            tasks.spawn(async move {
                let ended = there.delete(DeleteCondition::Token(there.token), NOW).await;
                assert_equal(ended, Deleted::Done, "the current token must end a session, whoever else commits");
            });
        }
        let (session, change) = (here.clone(), change.clone());
        tasks.spawn(async move {
            let outcome = session.commit(&change).await;
            let is_whole = matches!(outcome, Committed::Done { .. } | Committed::Missing);
            assert!(is_whole, "a commit that races an ending must be done, or Missing: {outcome:?}");
        });
    }
    tasks.join_all().await;
}

/// Loads, commits, touches, rotations and one ending, on both servers at once.
pub(crate) async fn concurrent_operations_of_every_kind_are_atomic(store: TestStore) {
    for _ in 0..ROUNDS {
        let session = TestSession::create(&store, &[("a", "0"), ("b", "0")]).await;
        let clients = on_two_servers(&session);
        let mut tasks = JoinSet::new();
        for number in 0..24 {
            tasks.spawn(one_of_everything(clients[number % 2].clone(), number));
        }
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_equal(
                clients[1].delete(DeleteCondition::None, NOW).await,
                Deleted::Done,
                "the application's word must end a session",
            );
        });
        tasks.join_all().await;
        assert_record(session.load(NOW).await.as_ref(), None, "a session must stay ended, whatever raced its ending");
    }
}

async fn one_of_everything(session: TestSession, number: usize) {
    let text = number.to_string();
    match number % 4 {
        0 => _ = session.commit(&session.change(&[Set("a", &text), Set("b", &text)])).await,
        1 => _ = session.commit(&session.touch(session.time_after(50))).await,
        2 if number > 20 => _ = session.commit(&session.rotation(random_token(), session.limits(), NOW)).await,
        _ => {
            if let Some(record) = session.load(NOW).await {
                let requirement = "a load must see a commit whole: it saw one key of two";
                assert_equal(record.values.get("a").is_some(), record.values.get("b").is_some(), requirement);
                assert!(record.values.get("a") == record.values.get("b"), "{requirement}");
            }
        }
    }
}
