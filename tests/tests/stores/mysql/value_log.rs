//! Tests of the value log of a session, in its row and in additional rows.

use super::*;

/// The stored sizes of all sessions: the bytes in their rows, and the number and bytes of additional chunks.
async fn stored(prefix: &str) -> (i64, i64, i64) {
    let (mut admin, own) = (admin().await, "IF(part = 0, LENGTH(held), 0)");
    let sql = format!(
        "SELECT CAST(SUM({own}) AS SIGNED), CAST(SUM(part > 0) AS SIGNED), CAST(SUM(LENGTH(held) - {own}) AS SIGNED)
        FROM `{prefix}s`"
    );
    let folding = format!("SELECT COUNT(*) FROM `{prefix}_folding`");
    let folding: i64 = sqlx::query_scalar(AssertSqlSafe(folding)).fetch_one(&mut admin).await.unwrap();
    assert_eq!(folding, 0, "a compaction leaves no rows");
    sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut admin).await.unwrap()
}

#[tokio::test]
async fn a_long_value_log_is_compacted_without_loss() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let mut expected = record(&[("kept", "[1, 2]"), ("", "\"\\u0000 é\""), ("-0001", "\"+0001\"")]);
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    let mut longest = 0;
    for turn in 0..400_usize {
        let value = format!("\"{turn} {}\"", "x".repeat(turn % 90));
        let mut commit = set(&[("counter", &value), ([" ", "\0", "é"][turn % 3], "1")]);
        commit.changes.unset([" ", "\0", "é", "never"][turn % 4]).unwrap();
        commit.apply(&mut expected);
        assert_eq!(revision(&store.commit(&ID, &commit).await), expected.revision);
        if turn % 10 == 0 {
            assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&expected), "after {turn}");
            longest = longest.max(stored(&prefix).await.0);
        }
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(expected));
    assert!((1000..4096).contains(&longest), "{longest}");
    assert_eq!(stored(&prefix).await.1, 0, "a small session needs no other chunk");
}

#[tokio::test]
async fn a_session_spills_out_of_its_row_when_it_grows_and_moves_back_when_it_shrinks() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
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
        let commit = set(&[(&format!("key {key}"), &text)]);
        commit.apply(&mut expected);
        revision(&store.commit(&ID, &commit).await);
        if key % 100 == 7 {
            is_as_expected(&expected, "while it grows").await;
        }
    }
    let (held, parts, bytes) = stored(&prefix).await;
    assert!(held < 8000 && (2..60).contains(&parts) && bytes > 30_000, "{held} {parts} {bytes}");
    for turn in 0..2000 {
        let commit = set(&[(&format!("key {}", turn % 7), &format!("{turn}"))]);
        commit.apply(&mut expected);
        revision(&store.commit(&ID, &commit).await);
    }
    is_as_expected(&expected, "after many changes").await;
    let bytes = stored(&prefix).await.2;
    assert!(bytes < 200_000, "{bytes}");
    for key in 10..600 {
        let mut commit = set(&[]);
        commit.changes.unset(&format!("key {key}")).unwrap();
        commit.apply(&mut expected);
        revision(&store.commit(&ID, &commit).await);
    }
    for turn in 0..1000 {
        let commit = set(&[(&format!("key {}", turn % 7), &format!("{:0100}", 7 + turn).replace('0', "1"))]);
        commit.apply(&mut expected);
        revision(&store.commit(&ID, &commit).await);
    }
    is_as_expected(&expected, "when it is small again").await;
    assert_eq!(stored(&prefix).await.1, 0, "the value log is in its row");
}

#[tokio::test]
async fn a_session_whose_one_key_is_written_repeatedly_does_not_grow() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let (longest, longer) = ("k".repeat(30), "k".repeat(31));
    // One key, and then several keys that a careless comparison would confuse.
    let several = ["a", "a ", "ab", "", "01a", &longest, &longer, &longer];
    for (byte, keys) in [(1, &["a"][..]), (2, &[""]), (3, &[&longest]), (4, &several)] {
        let id = number(byte);
        let mut expected = record(&[("a", "0"), ("ab", "1"), ("", "2")]);
        assert!(store.create(&id, &expected, &[]).await.unwrap());
        for turn in 0..60_usize {
            let mut commit = set(&[(keys[turn % keys.len()], &format!("{turn}").repeat(1 + turn % 9))]);
            if turn % 11 == 5 {
                commit = set(&[]);
                commit.changes.unset(keys[0]).unwrap();
            }
            commit.apply(&mut expected);
            revision(&store.commit(&id, &commit).await);
            assert_eq!(store.load(&id, NOW).await.unwrap().as_ref(), Some(&expected), "session {byte}, {turn}");
        }
        let as_created = 3 * 16 + 3;
        if keys.len() == 1 {
            let (held, parts, _) = stored(&prefix).await;
            assert_eq!((held, parts), (i64::from(byte) * as_created, 0), "the value is overwritten in place");
        }
    }
}

#[tokio::test]
async fn clearing_a_large_session_deletes_all_of_its_rows() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let mut expected = record(&[]);
    expected.values = (0..500).map(|key| (format!("key {key}"), Json::from_text("\"some value\""))).collect();
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    for (key, parts) in [("a", 1), ("b", 0), ("c", 0)] {
        let mut commit = set(&[(key, "1")]);
        if parts == 0 {
            commit.changes.clear();
            commit.changes.set(key, Json::from_text("2")).unwrap();
        }
        commit.apply(&mut expected);
        revision(&store.commit(&ID, &commit).await);
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&expected));
        assert_eq!(stored(&prefix).await.1, parts);
    }
}

#[tokio::test]
async fn a_value_log_is_bounded_even_if_no_process_commits_twice() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let mut expected = record(&[]);
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    let text = format!("\"{}\"", "x".repeat(400));
    let mut longest = 0;
    for turn in 0..400 {
        let commit = set(&[(&format!("key {}", turn % 20), &format!("[{turn}, {text}]"))]);
        commit.apply(&mut expected);
        assert_eq!(revision(&mysql_at(&prefix).await.commit(&ID, &commit).await), expected.revision);
        longest = longest.max(stored(&prefix).await.0);
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(expected));
    assert!((60_000..67_000).contains(&longest), "{longest}");
}

/// Each writer has its own store, and knows the length of the value log only from its own updates.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_several_processes_lose_nothing_during_compaction() {
    const WRITERS: u64 = 4;
    const TURNS: u64 = 150;
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("counter", "0")]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = mysql_at(&prefix).await;
        tasks.spawn(async move {
            let mut seen = Vec::new();
            for turn in 0..TURNS {
                let own = format!("{turn:08}").replace('0', "7").repeat(10);
                seen.push(revision(&store.commit(&ID, &set(&[(&format!("key {writer}"), &own)])).await));
                let now = store.load(&ID, NOW).await.unwrap().unwrap();
                assert_eq!(now.values.get(&format!("key {writer}")).unwrap().as_str(), own, "its own last write");
                let counter: u64 = now.values.get("counter").unwrap().as_str().parse().unwrap();
                let swap = swap(now.revision, &[("counter", &format!("{}", counter + 1))]);
                if let Committed::Done(Some(CommittedVersion { revision, .. })) =
                    store.commit(&ID, &swap).await.unwrap()
                {
                    seen.push(revision);
                }
            }
            seen
        });
    }
    let mut revisions: Vec<u64> = tasks.join_all().await.concat();
    let swaps = revisions.len() as u64 - WRITERS * TURNS;
    revisions.sort_unstable();
    assert!(revisions.iter().copied().eq(2..2 + WRITERS * TURNS + swaps), "each commit has a revision of its own");
    let last = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(last.revision, *revisions.last().unwrap());
    assert_eq!(last.values.get("counter").unwrap().as_str(), swaps.to_string(), "no swap was lost");
    assert_eq!(last.values.len() as u64, 1 + WRITERS);
}

#[tokio::test]
async fn the_chunks_of_a_large_session_are_not_sessions() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let ids = [1, 2, 3].map(number);
    let large = format!("\"{}\"", "x".repeat(10_000));
    let records = [&[("a", &*large)][..], &[("b", "1")], &[("c", &large)]].map(record);
    for (id, record) in ids.iter().zip(&records) {
        assert!(store.create(id, record, &[]).await.unwrap());
    }
    assert_eq!(stored(&prefix).await.1, 2);
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
    assert_eq!(stored(&prefix).await.1, 1, "its chunk was deleted, too");
    let late = after(100_000_000);
    assert_eq!(store.delete_expired(late, 1).await.unwrap(), 1);
    assert_eq!(store.delete_expired(late, 10).await.unwrap(), 1);
    assert_eq!(count(&mut admin().await, &format!("{prefix}s")).await, 0);
}
