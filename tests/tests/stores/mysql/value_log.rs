//! Tests of the value log of a session, in its row and in parts.

use super::*;

/// The stored sizes of all sessions.
#[derive(Debug)]
struct Stored {
    /// The bytes in the sessions' own rows.
    row_bytes: i64,
    /// The number of parts, and their bytes.
    parts: i64,
    part_bytes: i64,
}

async fn stored(prefix: &str) -> Stored {
    let own = "IF(part = 0, LENGTH(log), 0)";
    let sql = format!(
        "SELECT CAST(SUM({own}) AS SIGNED), CAST(SUM(part > 0) AS SIGNED), CAST(SUM(LENGTH(log) - {own}) AS SIGNED)
        FROM `{prefix}s`"
    );
    let sums = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut admin().await).await;
    let (row_bytes, parts, part_bytes) = sums.unwrap();
    Stored { row_bytes, parts, part_bytes }
}

/// Commits, and returns the record as it should be stored.
async fn commit_on(store: &MySqlStore, commit: &Commit, mut expected: Record) -> Record {
    assert_done(&store.commit(&ID, commit).await);
    commit.apply(&mut expected);
    expected
}

#[tokio::test]
async fn a_long_value_log_is_compacted_without_loss() {
    let (store, prefix) = new_store().await;
    let mut expected = record(&[("kept", "[1, 2]"), ("", "\"\\u0000 é\""), ("-0001", "\"+0001\"")]);
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    let mut longest = 0;
    for turn in 0..400_usize {
        let value = format!("\"{turn} {}\"", "x".repeat(turn % 90));
        let mut commit = set(&[("counter", &value), ([" ", "\0", "é"][turn % 3], "1")]);
        commit.changes.unset([" ", "\0", "é", "never"][turn % 4]).unwrap();
        expected = commit_on(&store, &commit, expected).await;
        if turn % 10 == 0 {
            assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&expected), "after {turn}");
            longest = longest.max(stored(&prefix).await.row_bytes);
        }
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(expected));
    assert!((1000..=5500).contains(&longest), "{longest}");
    assert_eq!(stored(&prefix).await.parts, 0, "a small session needs no part");
}

#[tokio::test]
async fn a_session_spills_out_of_its_row_when_it_grows_and_moves_back_when_it_shrinks() {
    let (store, prefix) = new_store().await;
    let mut expected = record(&[]);
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    let is_as_expected = async |expected: &Record, when: &str| {
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(expected), "{when}");
        let page = store.scan(None, 10, NOW).await.unwrap();
        assert_eq!(page.sessions, [(ID, expected.clone())], "{when}");
        let conflict = store.commit(&ID, &swap(0, &[])).await.unwrap();
        assert_eq!(conflict, Committed::Conflict(Box::new(expected.clone())), "{when}");
    };
    let text = format!("\"{}\"", "x".repeat(100));
    for key in 0..600 {
        expected = commit_on(&store, &set(&[(&format!("key {key}"), &text)]), expected).await;
        if key % 100 == 7 {
            is_as_expected(&expected, "while it grows").await;
        }
    }
    let size = stored(&prefix).await;
    assert!(size.row_bytes <= 5500 && (2..60).contains(&size.parts) && size.part_bytes > 30_000, "{size:?}");
    for turn in 0..2000 {
        expected = commit_on(&store, &set(&[(&format!("key {}", turn % 7), &format!("{turn}"))]), expected).await;
    }
    is_as_expected(&expected, "after many changes").await;
    let size = stored(&prefix).await;
    assert!(size.part_bytes < 200_000, "{size:?}");
    for key in 10..600 {
        let mut commit = set(&[]);
        commit.changes.unset(&format!("key {key}")).unwrap();
        expected = commit_on(&store, &commit, expected).await;
    }
    for turn in 0..1000 {
        let value = format!("{:0100}", 7 + turn).replace('0', "1");
        expected = commit_on(&store, &set(&[(&format!("key {}", turn % 7), &value)]), expected).await;
    }
    is_as_expected(&expected, "when it is small again").await;
    assert_eq!(stored(&prefix).await.parts, 0, "the value log is in its row");
}

#[tokio::test]
async fn keys_that_a_careless_comparison_would_confuse_keep_their_own_values() {
    let (store, _) = new_store().await;
    let (longest, longer) = ("k".repeat(1023), "k".repeat(1024));
    let keys = ["a", "a ", "ab", "", "01a", "A", "a\0", &longest, &longer];
    let mut expected = record(&[("a", "0"), ("ab", "1"), ("", "2")]);
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    for turn in 0..100_usize {
        let mut commit = set(&[(keys[turn % keys.len()], &format!("{turn}").repeat(1 + turn % 9))]);
        if turn % 11 == 5 {
            commit = set(&[]);
            commit.changes.unset(keys[turn % keys.len()]).unwrap();
        }
        expected = commit_on(&store, &commit, expected).await;
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&expected), "{turn}");
    }
}

#[tokio::test]
async fn clearing_a_large_session_deletes_all_of_its_parts() {
    let (store, prefix) = new_store().await;
    let mut expected = record(&[]);
    expected.values = (0..500).map(|key| (format!("key {key}"), Json::from_text("\"some value\""))).collect();
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    for (key, parts) in [("a", 1), ("b", 0), ("c", 0)] {
        let mut commit = set(&[(key, "1")]);
        if parts == 0 {
            commit.changes.clear();
            commit.changes.set(key, Json::from_text("2")).unwrap();
        }
        expected = commit_on(&store, &commit, expected).await;
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&expected));
        assert_eq!(stored(&prefix).await.parts, parts);
    }
}

/// A piece has at most 1 MiB, so that its row fits in a packet of the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_larger_than_a_packet_is_stored_in_pieces() {
    let (store, prefix) = new_store().await;
    let store = store.with_timeout(Duration::from_secs(30));
    let limit: u64 = sqlx::query_scalar("SELECT @@max_allowed_packet").fetch_one(&mut admin().await).await.unwrap();
    let limit = usize::try_from(limit).unwrap();
    let text = |fill: &str, length: usize| format!("\"{}\"", fill.repeat(length));
    let mut expected = record(&[("small", "1")]);
    expected.label = Some("long ".repeat(2000));
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    let steps =
        [("a", text("x", limit + 1000)), ("b", text("y", 3000)), ("c", text("z", 3000)), ("d", text("w", 1 << 20))];
    for (key, value) in &steps {
        expected = commit_on(&store, &set(&[(key, value)]), expected).await;
        assert!(store.load(&ID, NOW).await.unwrap().as_ref() == Some(&expected), "after {key}");
    }
    assert!(stored(&prefix).await.parts > 16);
    let created = number(8);
    assert!(store.create(&created, &expected, &[entry("user", Some(USER))]).await.unwrap());
    assert!(!store.create(&created, &expected, &[]).await.unwrap());
    assert!(store.load(&created, NOW).await.unwrap().as_ref() == Some(&expected));
    assert!(store.scan(None, 10, NOW).await.unwrap().sessions == [(ID, expected.clone()), (created, expected.clone())]);
    assert!(store.commit(&ID, &swap(0, &[])).await.unwrap() == Committed::Conflict(Box::new(expected)));
}

/// Each writer has its own connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_several_processes_lose_nothing_during_compaction() {
    const WRITERS: u64 = 4;
    const TURNS: u64 = 150;
    let (store, prefix) = new_store().await;
    assert!(store.create(&ID, &record(&[("counter", "0")]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = mysql_at(&prefix).await;
        tasks.spawn(async move {
            let mut swaps = 0;
            for turn in 0..TURNS {
                let own = format!("{turn:08}").replace('0', "7").repeat(10);
                assert_done(&store.commit(&ID, &set(&[(&format!("key {writer}"), &own)])).await);
                let now = store.load(&ID, NOW).await.unwrap().unwrap();
                assert_eq!(now.values.get(&format!("key {writer}")).unwrap().as_str(), own, "its own last write");
                let counter: u64 = now.values.get("counter").unwrap().as_str().parse().unwrap();
                let swap = swap(now.revision, &[("counter", &format!("{}", counter + 1))]);
                swaps += u64::from(is_done(&store.commit(&ID, &swap).await.unwrap()));
            }
            swaps
        });
    }
    let swaps: u64 = tasks.join_all().await.into_iter().sum();
    let last = store.load(&ID, NOW).await.unwrap().unwrap();
    assert!(last.revision > WRITERS * TURNS + swaps, "each commit increments the revision");
    assert_eq!(last.values.get("counter").unwrap().as_str(), swaps.to_string(), "no swap was lost");
    assert_eq!(last.values.len() as u64, 1 + WRITERS);
}

#[tokio::test]
async fn the_parts_of_a_large_session_are_not_sessions() {
    let (store, prefix) = new_store().await;
    let ids = [1, 2, 3].map(number);
    let large = format!("\"{}\"", "x".repeat(10_000));
    let records = [&[("a", &*large)][..], &[("b", "1")], &[("c", &large)]].map(record);
    for (id, record) in ids.iter().zip(&records) {
        assert!(store.create(id, record, &[]).await.unwrap());
    }
    assert_eq!(stored(&prefix).await.parts, 2);
    let (mut scanned, mut from) = (Vec::new(), None);
    loop {
        let page = store.scan(from.as_deref(), 2, NOW).await.unwrap();
        scanned.extend(page.sessions);
        match page.next {
            Some(next) => from = Some(next),
            None => break,
        }
    }
    assert_eq!(scanned, ids.into_iter().zip(records).collect::<Vec<_>>());
    assert_eq!(store.delete(&ids[0], DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(stored(&prefix).await.parts, 1, "its part was deleted, too");
    let late = after(100_000_000);
    assert_eq!(store.delete_expired(late, 1).await.unwrap(), 1);
    assert_eq!(store.delete_expired(late, 10).await.unwrap(), 1);
    assert_eq!(count(&mut admin().await, &format!("{prefix}s")).await, 0);
}
