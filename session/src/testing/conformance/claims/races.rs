//! Claims: operations at one time are each whole, and none is lost. Each race is run on one server, and on two.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::store::{Committed, DeleteCondition, Deleted, IndexHash, Record};
use crate::testing::conformance::assertions::{holds, revision, same, same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::{Clear, Set};
use crate::testing::conformance::test_session::{NOW, Subject, entry, index, token, values};

const ROUNDS: usize = 30;
const DONE: &str = "a commit on a live record must be done, whoever else commits";

/// What each of some rivals got, all let loose at once.
async fn rivals<R: Send + 'static>(all: impl IntoIterator<Item = impl Future<Output = R> + Send + 'static>) -> Vec<R> {
    all.into_iter().collect::<JoinSet<R>>().join_all().await
}

/// The same session on two servers, or twice on one.
type Lanes = [Subject; 2];

fn on_one(subject: &Subject) -> Lanes {
    [subject.clone(), subject.clone()]
}

fn on_two(subject: &Subject) -> Lanes {
    [subject.clone(), subject.on_the_other_server()]
}

pub(in crate::testing::conformance) async fn a_hundred_pairs_of_commits_of_different_keys_all_survive(store: Store) {
    all_commits_survive(on_one(&Subject::created(&store, &[]).await)).await;
}

pub(in crate::testing::conformance) async fn a_hundred_pairs_of_commits_on_two_servers_all_survive(store: Store) {
    all_commits_survive(on_two(&Subject::created(&store, &[]).await)).await;
}

async fn all_commits_survive(lanes: Lanes) {
    let mut tasks = JoinSet::new();
    for pair in 0..100 {
        for (side, subject) in ["a", "b"].into_iter().zip(&lanes) {
            let (subject, key) = (subject.clone(), format!("{side}{pair}"));
            tasks.spawn(async move { subject.commit(&subject.change(&[Set(&key, &pair.to_string())])).await });
        }
    }
    let revisions: BTreeSet<u64> = tasks.join_all().await.iter().map(|committed| revision(committed, DONE)).collect();
    let record = lanes[0].stored().await;
    same(record.values.len(), 200, "commits of different keys must all survive: so many of 200 did");
    let promise = "each commit must see the one before it, and count one revision on";
    same(revisions, (2..=201).collect(), promise);
    same(record.revision, 201, promise);
}

pub(in crate::testing::conformance) async fn a_hundred_compare_and_swaps_count_to_a_hundred(store: Store) {
    all_swaps_count(on_one(&Subject::created(&store, &[("count", "0")]).await)).await;
}

pub(in crate::testing::conformance) async fn compare_and_swaps_on_two_servers_count_to_a_hundred(store: Store) {
    all_swaps_count(on_two(&Subject::created(&store, &[("count", "0")]).await)).await;
}

async fn all_swaps_count(lanes: Lanes) {
    let counters = (0..100).map(|number| count_one_on(lanes[number % 2].clone()));
    let revisions: BTreeSet<u64> = rivals(counters).await.into_iter().collect();
    let promise = "of two compare-and-swaps on one revision, one must go ahead and the other must not";
    same_values(&lanes[0].stored().await.values, &[("count", "100")], promise);
    same(revisions, (2..=101).collect(), promise);
}

/// Adds one to the counter, again and again until nobody was faster, and says which revision that made.
async fn count_one_on(subject: Subject) -> u64 {
    let mut basis = subject.stored().await;
    loop {
        let count = basis.values.get("count").and_then(|count| count.as_str().parse::<u64>().ok());
        let next = (count.expect("a record must hold the count that was stored") + 1).to_string();
        let mut swap = subject.change(&[Set("count", &next)]);
        swap.revision = Some(basis.revision);
        match subject.commit(&swap).await {
            Committed::Conflict(record) => basis = *record,
            other => return revision(&other, "a compare-and-swap must be done, or say Conflict"),
        }
    }
}

pub(in crate::testing::conformance) async fn a_clearing_races_a_commit_of_two_keys_and_leaves_both_or_none(
    store: Store,
) {
    const COMMITS: usize = 150;
    const PROMISE: &str = "a commit of two keys must be seen whole: a load saw half of one";
    let (subject, start) = (Subject::created(&store, &[]).await, Arc::new(Barrier::new(3)));
    let writer = repeat(&subject, &start, COMMITS, |subject, round| {
        let text = round.to_string();
        subject.change(&[Set("a", &text), Set("b", &text)])
    });
    let clearer = repeat(&subject, &start, COMMITS, |subject, _| subject.change(&[Clear]));
    start.wait().await;
    // A store in memory may be through with it before the first look.
    let mut is_over = false;
    while !is_over {
        is_over = writer.is_finished() && clearer.is_finished();
        let values = subject.stored().await.values;
        let text = |key| values.get(key).map(|value| value.as_str().to_owned());
        same(text("a"), text("b"), PROMISE);
        tokio::task::yield_now().await;
    }
    joined(writer).await;
    joined(clearer).await;
    same(subject.stored().await.revision, 1 + 2 * COMMITS as u64, "every commit must count one revision");
}

type Task = tokio::task::JoinHandle<()>;

fn repeat(
    subject: &Subject,
    start: &Arc<Barrier>,
    times: usize,
    commit: fn(&Subject, usize) -> crate::store::Commit,
) -> Task {
    let (subject, start) = (subject.clone(), Arc::clone(start));
    tokio::spawn(async move {
        start.wait().await;
        for round in 0..times {
            revision(&subject.commit(&commit(&subject, round)).await, DONE);
        }
    })
}

/// Waits for a task, and fails as it failed.
async fn joined<T>(task: tokio::task::JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

pub(in crate::testing::conformance) async fn of_rival_creations_exactly_one_succeeds(store: Store) {
    one_creation_succeeds(|store| on_one(&Subject::new(store)), &store).await;
}

pub(in crate::testing::conformance) async fn of_rival_creations_on_two_servers_exactly_one_succeeds(store: Store) {
    one_creation_succeeds(|store| on_two(&Subject::new(store)), &store).await;
}

async fn one_creation_succeeds(lanes: fn(&Store) -> Lanes, store: &Store) {
    for _ in 0..ROUNDS {
        let lanes = lanes(store);
        let creations = ["1", "2", "3", "4"].into_iter().zip(lanes.iter().cycle()).map(|(text, subject)| {
            let subject = subject.clone();
            async move {
                let record = rival(&subject, text);
                (text, subject.store.create(&subject.id, &record, &[]).await)
            }
        });
        let winners: Vec<_> = rivals(creations).await.into_iter().filter(|(_, won)| *won).collect();
        same(winners.len(), 1, "of rival creations exactly one must succeed: so many did");
        let promise = "of rival creations the winner's record must be kept, whole and alone";
        same_record(lanes[0].load(NOW).await.as_ref(), Some(&rival(&lanes[0], winners[0].0)), promise);
    }
}

fn rival(subject: &Subject, text: &str) -> Record {
    let mut record = subject.record(&[]);
    record.values = values(&[("a", text), (text, text)]);
    record
}

pub(in crate::testing::conformance) async fn of_rival_rotations_exactly_one_succeeds(store: Store) {
    for _ in 0..ROUNDS {
        one_rotation_succeeds(on_one(&Subject::created(&store, &[("a", "1")]).await)).await;
    }
}

pub(in crate::testing::conformance) async fn of_rival_rotations_on_two_servers_exactly_one_succeeds(store: Store) {
    for _ in 0..ROUNDS {
        one_rotation_succeeds(on_two(&Subject::created(&store, &[("a", "1")]).await)).await;
    }
}

async fn one_rotation_succeeds(lanes: Lanes) {
    let rotations = (0..4).map(|number| {
        let (subject, next) = (lanes[number % 2].clone(), token());
        async move { (next, subject.commit(&subject.rotation(next, subject.limits(), NOW)).await) }
    });
    let outcomes = rivals(rotations).await;
    let (winners, losers): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|(_, outcome)| matches!(outcome, Committed::Done { .. }));
    same(winners.len(), 1, "of rival rotations exactly one must succeed: so many did");
    for (_, lost) in losers {
        same(lost, Committed::Replaced { rotated: Some(NOW) }, "of rival rotations the losers must be told Replaced");
    }
    let kept = lanes[0].stored().await.token;
    holds(kept == winners[0].0, "of rival rotations the winner's token must be the current one");
}

pub(in crate::testing::conformance) async fn of_rival_endings_exactly_one_succeeds(store: Store) {
    for _ in 0..ROUNDS {
        one_ending_succeeds(on_one(&Subject::created(&store, &[("a", "1")]).await)).await;
    }
}

pub(in crate::testing::conformance) async fn of_rival_endings_on_two_servers_exactly_one_succeeds(store: Store) {
    for _ in 0..ROUNDS {
        one_ending_succeeds(on_two(&Subject::created(&store, &[("a", "1")]).await)).await;
    }
}

async fn one_ending_succeeds(lanes: Lanes) {
    let endings = (0..4).map(|number| {
        let subject = lanes[number % 2].clone();
        async move { subject.end(DeleteCondition::Token(subject.token), NOW).await }
    });
    let outcomes = rivals(endings).await;
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let counts = (count(Deleted::Done), count(Deleted::Missing));
    same(counts, (1, 3), "of four rival endings one must say Done and three must say Missing");
}

pub(in crate::testing::conformance) async fn nothing_comes_back_after_an_ending_that_raced_a_commit(store: Store) {
    nothing_comes_back(on_one, &store).await;
}

pub(in crate::testing::conformance) async fn nothing_comes_back_after_an_ending_on_the_other_server(store: Store) {
    nothing_comes_back(on_two, &store).await;
}

async fn nothing_comes_back(lanes: fn(&Subject) -> Lanes, store: &Store) {
    let promise = "nothing must come back after an ending that raced a commit";
    for _ in 0..ROUNDS {
        let (subject, hash) = (Subject::created(store, &[("a", "1")]).await, entry());
        end_among_commits(lanes(&subject), hash).await;
        same_record(subject.load(NOW).await.as_ref(), None, promise);
        holds(store.find(&hash, NOW).await.is_empty(), format_args!("{promise}: an index entry did"));
        if store.create(&subject.id, &subject.record(&[]), &[]).await {
            same_record(subject.load(NOW).await.as_ref(), Some(&subject.record(&[])), promise);
        }
    }
}

/// Commits before, at and after the time of an ending.
async fn end_among_commits([here, there]: Lanes, hash: IndexHash) {
    let mut change = here.change(&[Set("a", "2"), Set("b", "3")]);
    change.index = vec![index("user", Some(hash))];
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        if number == 3 {
            let there = there.clone();
            tasks.spawn(async move {
                let ended = there.end(DeleteCondition::Token(there.token), NOW).await;
                same(ended, Deleted::Done, "the current token must end a session, whoever else commits");
            });
        }
        let (subject, change) = (here.clone(), change.clone());
        tasks.spawn(async move {
            let outcome = subject.commit(&change).await;
            let is_whole = matches!(outcome, Committed::Done { .. } | Committed::Missing);
            holds(is_whole, format_args!("a commit that races an ending must be done, or Missing: {outcome:?}"));
        });
    }
    tasks.join_all().await;
}

/// Loads, commits, touches, rotations and one ending, on both servers at once.
pub(in crate::testing::conformance) async fn a_session_stays_whole_under_everything_at_once(store: Store) {
    for _ in 0..ROUNDS {
        let subject = Subject::created(&store, &[("a", "0"), ("b", "0")]).await;
        let lanes = on_two(&subject);
        let mut tasks = JoinSet::new();
        for number in 0..24 {
            tasks.spawn(one_of_everything(lanes[number % 2].clone(), number));
        }
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            same(
                lanes[1].end(DeleteCondition::None, NOW).await,
                Deleted::Done,
                "the application's word must end a session",
            );
        });
        tasks.join_all().await;
        same_record(subject.load(NOW).await.as_ref(), None, "a session must stay ended, whatever raced its ending");
    }
}

async fn one_of_everything(subject: Subject, number: usize) {
    let text = number.to_string();
    match number % 4 {
        0 => _ = subject.commit(&subject.change(&[Set("a", &text), Set("b", &text)])).await,
        1 => _ = subject.commit(&subject.touch(subject.after(50))).await,
        2 if number > 20 => _ = subject.commit(&subject.rotation(token(), subject.limits(), NOW)).await,
        _ => {
            if let Some(record) = subject.load(NOW).await {
                let promise = "a load must see a commit whole: it saw one key of two";
                same(record.values.get("a").is_some(), record.values.get("b").is_some(), promise);
                holds(record.values.get("a") == record.values.get("b"), promise);
            }
        }
    }
}
