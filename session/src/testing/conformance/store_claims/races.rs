//! Claims: concurrent operations are atomic, and no update is lost, on one server and on two.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::record::commit::{Commit, Committed};
use crate::record::index::IndexHash;
use crate::record::stored_record::Record;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values, expect_done};
use crate::testing::conformance::test_session::KeyChange::{Clear, Set};
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token, values};
use crate::testing::conformance::test_store::TestStore;

const ROUNDS: usize = 30;
const DONE: &str = "a commit on a live record must return Done during other commits";

/// Runs the futures concurrently, and returns their outputs.
async fn run_concurrently<R: Send + 'static>(
    all: impl IntoIterator<Item = impl Future<Output = R> + Send + 'static>,
) -> Vec<R> {
    all.into_iter().collect::<JoinSet<R>>().join_all().await
}

/// One session, opened by two clients: on the same server, or on two servers.
type Clients = [TestSession; 2];

fn on_one_server(session: &TestSession) -> Clients {
    [session.clone(), session.clone()]
}

fn on_two_servers(session: &TestSession) -> Clients {
    [session.clone(), session.on_other_server()]
}

pub(crate) async fn concurrent_commits_of_different_keys_are_all_stored(store: TestStore) {
    all_commits_are_stored(on_one_server(&TestSession::create(&store, &[]).await)).await;
}

pub(crate) async fn concurrent_commits_on_two_servers_are_all_stored(store: TestStore) {
    all_commits_are_stored(on_two_servers(&TestSession::create(&store, &[]).await)).await;
}

async fn all_commits_are_stored(clients: Clients) {
    let mut tasks = JoinSet::new();
    for pair in 0..100 {
        for (side, session) in ["a", "b"].into_iter().zip(&clients) {
            let (session, key) = (session.clone(), format!("{side}{pair}"));
            tasks.spawn(async move { session.commit(&session.change(&[Set(&key, &pair.to_string())])).await });
        }
    }
    let outcomes = tasks.join_all().await;
    let record = clients[0].expect_record().await;
    assert_equal(record.values.len(), 200, "200 commits of different keys must all be stored");
    let requirement = "each commit must apply to the result of the previous one and increment the revision";
    assert_equal(record.revision, 201, requirement);
    let versions: Vec<_> = outcomes.iter().filter_map(|committed| expect_done(committed, DONE)).collect();
    let revisions: BTreeSet<u64> = versions.iter().map(|version| version.revision).collect();
    assert_equal(revisions.len(), versions.len(), "two commits must not return the same revision");
}

pub(crate) async fn concurrent_compare_and_swaps_lose_no_update(store: TestStore) {
    no_swap_is_lost(on_one_server(&TestSession::create(&store, &[("count", "0")]).await)).await;
}

pub(crate) async fn concurrent_compare_and_swaps_on_two_servers_lose_no_update(store: TestStore) {
    no_swap_is_lost(on_two_servers(&TestSession::create(&store, &[("count", "0")]).await)).await;
}

async fn no_swap_is_lost(clients: Clients) {
    let counters = (0..100).map(|number| increment(clients[number % 2].clone()));
    let revisions: BTreeSet<u64> = run_concurrently(counters).await.into_iter().collect();
    let requirement = "of two compare-and-swaps on one revision, exactly one must be applied";
    assert_values(&clients[0].expect_record().await.values, &[("count", "100")], requirement);
    assert_equal(revisions, (2..=101).collect(), requirement);
}

/// Increments the counter with a compare-and-swap, retries after each conflict, and returns the new revision.
async fn increment(session: TestSession) -> u64 {
    let mut current = session.expect_record().await;
    loop {
        let count = current.values.get("count").and_then(|count| count.as_str().parse::<u64>().ok());
        let next = (count.expect("a record must contain the stored count") + 1).to_string();
        let mut swap = session.change(&[Set("count", &next)]);
        swap.revision = Some(current.revision);
        match session.commit(&swap).await {
            Committed::Conflict(record) => current = *record,
            other => {
                let version = expect_done(&other, "a compare-and-swap must return Done or Conflict");
                return version.map_or(current.revision + 1, |version| version.revision);
            }
        }
    }
}

pub(crate) async fn a_concurrent_clear_removes_both_keys_of_a_commit_or_none(store: TestStore) {
    const COMMITS: usize = 150;
    const REQUIREMENT: &str = "a load must return both keys of a commit, or none: it returned one";
    let (session, start) = (TestSession::create(&store, &[]).await, Arc::new(Barrier::new(3)));
    let writer = repeat(&session, &start, COMMITS, |session, round| {
        let text = round.to_string();
        session.change(&[Set("a", &text), Set("b", &text)])
    });
    let clearer = repeat(&session, &start, COMMITS, |session, _| session.change(&[Clear]));
    start.wait().await;
    // A fast store can finish all commits before the first load, so load at least once.
    let mut is_finished = false;
    while !is_finished {
        is_finished = writer.is_finished() && clearer.is_finished();
        let values = session.expect_record().await.values;
        let text = |key| values.get(key).map(|value| value.as_str().to_owned());
        assert_equal(text("a"), text("b"), REQUIREMENT);
        tokio::task::yield_now().await;
    }
    join(writer).await;
    join(clearer).await;
    assert_equal(
        session.expect_record().await.revision,
        1 + 2 * COMMITS as u64,
        "every commit must increment the revision",
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
            expect_done(&session.commit(&commit(&session, round)).await, DONE);
        }
    })
}

/// Returns the output of a task, or panics with its panic.
async fn join<T>(task: tokio::task::JoinHandle<T>) -> T {
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
                let record = competing_record(&session, text);
                (text, session.store.create(&session.id, &record, &[]).await)
            }
        });
        let successful: Vec<_> =
            run_concurrently(creations).await.into_iter().filter(|(_, is_created)| *is_created).collect();
        assert_equal(successful.len(), 1, "of concurrent creations exactly one must succeed");
        let requirement = "of concurrent creations only the record of the successful one must be stored";
        assert_record(
            clients[0].load(NOW).await.as_ref(),
            Some(&competing_record(&clients[0], successful[0].0)),
            requirement,
        );
    }
}

fn competing_record(session: &TestSession, text: &str) -> Record {
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
    let outcomes = run_concurrently(rotations).await;
    let (successful, rejected): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|(_, outcome)| matches!(outcome, Committed::Done(_)));
    assert_equal(successful.len(), 1, "of concurrent rotations exactly one must succeed");
    for (_, outcome) in rejected {
        assert_equal(
            outcome,
            Committed::Replaced { rotated: Some(NOW) },
            "of concurrent rotations all except one must return Replaced",
        );
    }
    let token = clients[0].expect_record().await.token;
    assert!(token == successful[0].0, "of concurrent rotations the token of the successful one must be current");
}

pub(crate) async fn of_concurrent_deletions_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_deletion_succeeds(on_one_server(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

pub(crate) async fn of_concurrent_deletions_on_two_servers_exactly_one_succeeds(store: TestStore) {
    for _ in 0..ROUNDS {
        one_deletion_succeeds(on_two_servers(&TestSession::create(&store, &[("a", "1")]).await)).await;
    }
}

async fn one_deletion_succeeds(clients: Clients) {
    let deletions = (0..4).map(|number| {
        let session = clients[number % 2].clone();
        async move { session.delete(DeleteCondition::Token(session.token), NOW).await }
    });
    let outcomes = run_concurrently(deletions).await;
    let count = |expected| outcomes.iter().filter(|outcome| **outcome == expected).count();
    let counts = (count(Deleted::Done), count(Deleted::Missing));
    assert_equal(counts, (1, 3), "of four concurrent deletions one must return Done and three must return Missing");
}

pub(crate) async fn a_concurrent_commit_never_revives_a_deleted_session(store: TestStore) {
    commits_never_revive(on_one_server, &store).await;
}

pub(crate) async fn a_concurrent_commit_never_revives_a_session_deleted_on_another_server(store: TestStore) {
    commits_never_revive(on_two_servers, &store).await;
}

async fn commits_never_revive(clients: fn(&TestSession) -> Clients, store: &TestStore) {
    let requirement = "a commit must not revive a concurrently deleted session";
    for _ in 0..ROUNDS {
        let (session, hash) = (TestSession::create(store, &[("a", "1")]).await, random_hash());
        delete_during_commits(clients(&session), hash).await;
        assert_record(session.load(NOW).await.as_ref(), None, requirement);
        assert!(store.find(&hash, NOW).await.is_empty(), "{requirement}: an index entry remained");
        if store.create(&session.id, &session.new_record(&[]), &[]).await {
            assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[])), requirement);
        }
    }
}

/// Starts commits before, during and after a deletion.
async fn delete_during_commits([first, second]: Clients, hash: IndexHash) {
    let mut change = first.change(&[Set("a", "2"), Set("b", "3")]);
    change.index = vec![index_change("user", Some(hash))];
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        if number == 3 {
            let second = second.clone();
            tasks.spawn(async move {
                let outcome = second.delete(DeleteCondition::Token(second.token), NOW).await;
                assert_equal(outcome, Deleted::Done, "the current token must delete the session during other commits");
            });
        }
        let (session, change) = (first.clone(), change.clone());
        tasks.spawn(async move {
            let outcome = session.commit(&change).await;
            let is_expected = matches!(outcome, Committed::Done(_) | Committed::Missing);
            assert!(is_expected, "a commit during a deletion must return Done or Missing: it returned {outcome:?}");
        });
    }
    tasks.join_all().await;
}

/// Loads, commits, touches, rotations and one deletion run concurrently on both servers.
pub(crate) async fn concurrent_operations_of_every_kind_are_atomic(store: TestStore) {
    for _ in 0..ROUNDS {
        let session = TestSession::create(&store, &[("a", "0"), ("b", "0")]).await;
        let clients = on_two_servers(&session);
        let mut tasks = JoinSet::new();
        for number in 0..24 {
            tasks.spawn(run_operation(clients[number % 2].clone(), number));
        }
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_equal(
                clients[1].delete(DeleteCondition::None, NOW).await,
                Deleted::Done,
                "a deletion without a condition must return Done",
            );
        });
        tasks.join_all().await;
        assert_record(session.load(NOW).await.as_ref(), None, "no concurrent operation must revive a deleted session");
    }
}

async fn run_operation(session: TestSession, number: usize) {
    let text = number.to_string();
    match number % 4 {
        0 => _ = session.commit(&session.change(&[Set("a", &text), Set("b", &text)])).await,
        1 => _ = session.commit(&session.touch(session.time_after(50))).await,
        2 if number > 20 => _ = session.commit(&session.rotation(random_token(), session.limits(), NOW)).await,
        _ => {
            if let Some(record) = session.load(NOW).await {
                let requirement = "a load must return both keys of a commit: they differ";
                assert_equal(record.values.get("a").is_some(), record.values.get("b").is_some(), requirement);
                assert!(record.values.get("a") == record.values.get("b"), "{requirement}");
            }
        }
    }
}
