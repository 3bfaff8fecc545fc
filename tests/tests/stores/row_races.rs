//! Commits, clears, loads and rotations that race on one session whose value log is full at nearly every commit.
//!
//! The test of each database runs it at several isolation levels of the connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use session::store::{
    Commit, Committed, IndexHash, Json, LoadedValues, Record, Rotation, SessionStore, TokenHash, Values,
};
use session_tests::sample::{ID, NOW, TOKEN, entry, limits, record, touch};
use tokio::task::JoinSet;

const WRITERS: u64 = 6;
const COMMITS: u64 = 60;
const CLEARS: u64 = 15;
const ROTATIONS: u64 = 40;

/// Two equal values, so long that a row has room for a few of them.
fn pair_commit(writer: u64, round: u64) -> Commit {
    let text = format!("\"{round} {}\"", "x".repeat(400));
    let mut commit = touch(NOW);
    for side in ["left", "right"] {
        commit.changes.set(&format!("{side} {writer}"), Json::from_text(&*text)).unwrap();
    }
    if round.is_multiple_of(10) {
        let mut hash = [0; 32];
        hash[0] = u8::try_from(writer).unwrap();
        hash[1..9].copy_from_slice(&round.to_be_bytes());
        commit.index = vec![entry(&format!("writer {writer}"), Some(IndexHash::from_bytes(hash)))];
    }
    commit
}

fn round_of(values: &Values, key: &str) -> Option<u64> {
    let json = values.get(key)?;
    json.as_str().trim_matches('"').split(' ').next()?.parse().ok()
}

/// Panics if a load shows one key of a commit without the other one.
fn assert_pairs(record: &Record) {
    for writer in 0..WRITERS {
        let sides = ["left", "right"].map(|side| round_of(&record.values, &format!("{side} {writer}")));
        assert_eq!(sides[0], sides[1], "a load shows a part of a commit");
    }
}

async fn load(store: &dyn SessionStore) -> Record {
    store.load(&ID, NOW).await.unwrap().expect("the session is live")
}

/// Half of the writers load first, as most requests do.
async fn write(store: Arc<dyn SessionStore>, writer: u64) {
    for round in 1..=COMMITS {
        let mut commit = pair_commit(writer, round);
        if writer.is_multiple_of(2) {
            commit.loaded = LoadedValues::new(&load(&*store).await);
        }
        let committed = store.commit(&ID, &commit).await.unwrap();
        assert!(matches!(committed, Committed::Done(_)), "{committed:?}");
    }
}

async fn clear(store: Arc<dyn SessionStore>) {
    for _ in 0..CLEARS {
        let mut commit = touch(NOW);
        commit.changes.clear();
        let committed = store.commit(&ID, &commit).await.unwrap();
        assert!(matches!(committed, Committed::Done(_)), "{committed:?}");
        tokio::task::yield_now().await;
    }
}

/// No commit is lost, no load shows half of a commit, and the index has the last value of each writer.
pub(crate) async fn commits_and_clears_are_atomic(store: Arc<dyn SessionStore>) {
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        tasks.spawn(write(Arc::clone(&store), writer));
    }
    let is_finished = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (store, is_finished) = (Arc::clone(&store), Arc::clone(&is_finished));
        async move {
            while !is_finished.load(SeqCst) {
                assert_pairs(&load(&*store).await);
            }
        }
    });
    tasks.spawn(clear(Arc::clone(&store)));
    tasks.join_all().await;
    is_finished.store(true, SeqCst);
    reader.await.unwrap();

    // A commit after all clears is stored, and each commit is counted.
    let commits = WRITERS * COMMITS + CLEARS;
    assert!(load(&*store).await.revision > commits, "each commit increments the revision");
    for writer in 0..WRITERS {
        assert!(matches!(store.commit(&ID, &pair_commit(writer, COMMITS)).await, Ok(Committed::Done(_))));
    }
    let stored = load(&*store).await;
    assert_pairs(&stored);
    assert_eq!(stored.values.len(), usize::try_from(2 * WRITERS).unwrap());
    for writer in 0..WRITERS {
        for round in (10..=COMMITS).step_by(10) {
            let hash = pair_commit(writer, round).index[0].hash.unwrap();
            let found = store.find(&hash, None, 10, NOW).await.unwrap().sessions;
            assert_eq!(found.len(), usize::from(round == COMMITS), "writer {writer}, round {round}");
        }
    }
}

/// A token before the current one is never accepted, and of two rotations with one token one succeeds.
pub(crate) async fn a_replaced_token_is_never_accepted(store: Arc<dyn SessionStore>) {
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let rotations = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let (store, rotations) = (Arc::clone(&store), Arc::clone(&rotations));
        tasks.spawn(async move {
            for round in 1.. {
                let done = rotations.load(SeqCst);
                if done == ROTATIONS {
                    break;
                }
                let Some(replaced) = done.checked_sub(1) else {
                    tokio::task::yield_now().await;
                    continue;
                };
                let mut commit = pair_commit(writer, round);
                commit.token = Some(token(replaced));
                let committed = store.commit(&ID, &commit).await.unwrap();
                assert!(matches!(committed, Committed::Replaced { .. }), "{committed:?}");
            }
        });
    }
    for next in 1..=ROTATIONS {
        let mut commit = pair_commit(0, next);
        commit.token = Some(token(next - 1));
        commit.rotation = Some(Rotation { token: token(next), limits: limits(), is_login: true });
        let committed = store.commit(&ID, &commit).await.unwrap();
        assert!(matches!(committed, Committed::Done(_)), "{committed:?}");
        rotations.store(next, SeqCst);
    }
    tasks.join_all().await;
    assert_eq!(load(&*store).await.token, token(ROTATIONS));
}

/// The token after this many rotations.
fn token(rotations: u64) -> TokenHash {
    if rotations == 0 {
        return TOKEN;
    }
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&rotations.to_be_bytes());
    TokenHash::from_bytes(bytes)
}
