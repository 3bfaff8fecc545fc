//! Tests of the round trips that compactions add: many commits of one key each on one session, counted by the servers.

use std::sync::Arc;

use session::store::{Committed, Json, LoadedValues, SessionStore};
use session_tests::sample::{ID, NOW, TOKEN, record, touch};

use crate::round_trips::{self, Server};

const COMMITS: usize = 2000;

/// The length of a log entry apart from its value: the header, and a key of 8 bytes.
const ENTRY_OVERHEAD: usize = 23;

#[derive(Clone, Copy)]
struct Load {
    keys: usize,
    entry_bytes: usize,
    /// True if each request loads the session first.
    loads: bool,
    commits: usize,
}

fn text(entry_bytes: usize, round: usize) -> String {
    let mut text = format!("\"{round:06}{}", "x".repeat(entry_bytes.saturating_sub(ENTRY_OVERHEAD + 8)));
    text.push('"');
    text
}

/// Runs the commits, and returns the round trips of each request on average.
async fn round_trips_per_request(store: &dyn SessionStore, server: &mut Server, load: Load) -> f64 {
    let keys: Vec<String> = (0..load.keys).map(|key| format!("key {key:04}")).collect();
    let text_of = |round| text(load.entry_bytes, round);
    let values: Vec<(&str, String)> = keys.iter().map(|key| (&**key, text_of(0))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(key, text)| (*key, &**text)).collect();
    assert!(store.create(&ID, &record(&values), &[]).await.unwrap());
    server.count().await;
    for round in 1..=load.commits {
        let mut commit = touch(NOW);
        commit.changes.set(&keys[round * 7 % load.keys], Json::from_text(text_of(round))).unwrap();
        if load.loads {
            commit.loaded = LoadedValues::new(&store.load(&ID, NOW).await.unwrap().unwrap());
        }
        assert!(matches!(store.commit(&ID, &commit).await, Ok(Committed::Done(_))));
    }
    let count = server.count().await;
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values.len(), load.keys);
    store.delete(&ID, session::store::DeleteCondition::Token(TOKEN), NOW).await.unwrap();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let average = count as f64 / load.commits as f64;
    average
}

/// The limits are those of small changes; those of larger changes are printed only.
async fn compactions_add_few_round_trips((store, mut server): (Arc<dyn SessionStore>, Server), limits: [f64; 4]) {
    for entry_bytes in [85, 1_500, 20_000] {
        for (keys, loads) in [(10, false), (1_000, false), (10, true), (1_000, true)] {
            if keys == 1_000 && entry_bytes > 85 {
                continue;
            }
            let commits = if entry_bytes == 85 { COMMITS } else { COMMITS / 10 };
            let load = Load { keys, entry_bytes, loads, commits };
            let count = round_trips_per_request(&*store, &mut server, load).await;
            let words = if loads { "load and commit" } else { "commit" };
            println!("{keys} keys, entries of {entry_bytes} bytes, {words}: {count:.3}");
            let limit = limits[usize::from(keys == 1_000) + 2 * usize::from(loads)];
            assert!(entry_bytes > 85 || count <= limit, "{count} instead of {limit}");
        }
    }
}

#[tokio::test]
async fn compactions_add_few_round_trips_to_postgresql() {
    compactions_add_few_round_trips(round_trips::postgres().await, [1.10, 1.20, 2.00, 2.15]).await;
}

#[tokio::test]
async fn compactions_add_few_round_trips_to_mariadb() {
    compactions_add_few_round_trips(round_trips::mariadb().await, [1.10, 1.10, 2.00, 2.10]).await;
}
