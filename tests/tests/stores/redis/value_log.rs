//! Tests of the value log, and of the head and the tail around it.

use super::*;

/// The bytes before and after the value log of a session without a label and index entries.
const HEAD: usize = 44;
const TAIL: usize = 80;

async fn strlen(keys: &mut MultiplexedConnection, prefix: &str) -> usize {
    redis::cmd("STRLEN").arg(format!("{prefix}:{ID}")).query_async(keys).await.unwrap()
}

/// The bytes that Redis allocated for the session in addition to its string.
async fn spare(keys: &mut MultiplexedConnection, prefix: &str) -> usize {
    let mut usage = redis::cmd("MEMORY");
    usage.arg("USAGE").arg(format!("{prefix}:{ID}"));
    usage.query_async::<usize>(keys).await.unwrap() - strlen(keys, prefix).await
}

#[tokio::test]
async fn a_long_value_log_is_compacted_without_loss() {
    let (store, prefix, mut keys) = store_and_keys().await;
    for count in [0, 1, 30, 3000] {
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap();
        let pairs: Vec<(String, String)> = (0..count).map(|key| (format!("é {key}"), format!("\"{key}\""))).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, text)| (&**key, &**text)).collect();
        let mut held = record(&pairs);
        assert!(store.create(&ID, &held, &[user(Some(ANNA))]).await.unwrap());
        let created = strlen(&mut keys, &prefix).await;
        let (mut compactions, mut previous) = (0, created);
        for round in 0..200 {
            let text = format!("\"{}\"", "x".repeat(round % 50 * 10));
            let mut commit = set(&[("é 0", &text), (&format!("other {}", round % 7), "[]")]);
            commit.changes.unset(&format!("other {}", (round + 3) % 7)).unwrap();
            if round % 5 == 0 {
                commit.rotation = Some(Rotation { token: TOKEN, limits: limits(), is_login: round % 10 == 0 });
            }
            if round % 11 == 0 {
                commit.label = Some("p".repeat(round));
            }
            commit_and_compare(&store, &mut held, &commit).await;
            let len = strlen(&mut keys, &prefix).await;
            compactions += usize::from(len < previous);
            previous = len;
            assert!(len < 2 * created + 4000, "{count} keys, round {round}: {len} bytes");
            let ttl: u64 = redis::cmd("PTTL").arg(format!("{prefix}:{ID}")).query_async(&mut keys).await.unwrap();
            assert!(ttl.abs_diff(160_000) < 10_000, "{ttl}");
        }
        assert_eq!(compactions > 1, count < 3000, "{count} keys: {compactions} compactions");
        assert_eq!(ids(&store, ANNA).await, [ID]);
    }
}

#[tokio::test]
async fn a_session_has_little_memory_overhead_after_a_few_writes() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let text = format!("\"{}\"", "x".repeat(1000));
    let mut held = record(&[("a", &text), ("b", "2")]);
    assert!(store.create(&ID, &held, &[]).await.unwrap());
    for round in 0..12 {
        commit_and_compare(&store, &mut held, &set(&[("b", &round.to_string())])).await;
        let (len, spare) = (strlen(&mut keys, &prefix).await, spare(&mut keys, &prefix).await);
        assert!(spare < 150 + len / 4, "round {round}: {len} bytes, and {spare} more");
    }
}

#[tokio::test]
async fn ten_thousand_keys_and_a_value_of_megabytes_are_compacted() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let names: Vec<String> = (0..10_000).map(|key| format!("key {key}")).collect();
    let all = |text: &'static str| names.iter().map(|key| (&**key, text)).collect::<Vec<_>>();
    let mut held = record(&all("1"));
    assert!(store.create(&ID, &held, &[]).await.unwrap());
    let created = strlen(&mut keys, &prefix).await;
    for text in ["2", "3", "4"] {
        commit_and_compare(&store, &mut held, &set(&all(text))).await;
    }
    assert!(strlen(&mut keys, &prefix).await < 2 * created + 2000);
    let large = format!("\"{}\"", "\u{1f600}".repeat(1 << 19));
    for round in 0..5 {
        commit_and_compare(&store, &mut held, &set(&[("large", &large), ("round", &round.to_string())])).await;
    }
    assert!(strlen(&mut keys, &prefix).await < 3 * (large.len() + created));
    let mut clear = set(&[("a", "1")]);
    clear.changes.clear();
    clear.changes.set("a", Json::from_text("1")).unwrap();
    commit_and_compare(&store, &mut held, &clear).await;
    assert!(strlen(&mut keys, &prefix).await < 200);
}

#[tokio::test]
async fn a_label_may_grow_shrink_and_exceed_the_size_that_find_reads() {
    let store = store().await;
    let mut held = record(&[("a", "1")]);
    assert!(store.create(&ID, &held, &[user(Some(ANNA))]).await.unwrap());
    for len in [3, 0, 100, 99, 5000, 700_000, 1] {
        let mut commit = set(&[("b", "2")]);
        commit.label = Some("=".repeat(len));
        commit_and_compare(&store, &mut held, &commit).await;
        assert_eq!(find(&store, &ANNA, NOW).await, [SessionInfo::new(ID, &held)], "{len} bytes");
    }
    for (key, hash) in [("device", BERT), ("user", BERT), ("other", ANNA)] {
        let mut commit = touch(NOW);
        commit.index = vec![entry(key, Some(hash))];
        commit_and_compare(&store, &mut held, &commit).await;
        assert_eq!(find(&store, &hash, NOW).await, [SessionInfo::new(ID, &held)], "{key}");
    }
    assert_eq!(store.delete(&ID, DeleteCondition::IndexEntry(ANNA), NOW).await.unwrap(), Deleted::Done);
}

#[tokio::test]
async fn reading_a_damaged_session_is_an_error_and_changes_nothing() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let key = format!("{prefix}:{ID}");
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    for damage in ["x", "+00010000000001", "+-0010000000001a1", "+00019999999999a1", "+0001000000nan a1", "\u{0}"] {
        let damage = damage.repeat(200);
        let stored: Vec<u8> = redis::cmd("GET").arg(&key).query_async(&mut keys).await.unwrap();
        // The damage is at the end of the value log. The tail contains the new length.
        let (mut held, mut tail) = (stored.clone(), stored[stored.len() - TAIL..].to_vec());
        held.truncate(stored.len() - TAIL);
        held.extend_from_slice(damage.as_bytes());
        let before = held[HEAD..].to_vec();
        tail[68..72].copy_from_slice(&u32::try_from(held.len()).unwrap().to_le_bytes());
        held.extend_from_slice(&tail);
        let () = redis::cmd("SET").arg(&key).arg(&held).query_async(&mut keys).await.unwrap();
        store.load(&ID, NOW).await.unwrap_err();
        for round in 0..3 {
            let long = format!("\"{}\"", "x".repeat(2000));
            assert!(is_done(&store.commit(&ID, &set(&[("b", &long)])).await.unwrap()), "{damage}, {round}");
        }
        let held: Vec<u8> = redis::cmd("GET").arg(&key).query_async(&mut keys).await.unwrap();
        assert!(held[HEAD..].starts_with(&before), "{damage}");
        let () = redis::cmd("SET").arg(&key).arg(&stored).query_async(&mut keys).await.unwrap();
    }
    let () = redis::cmd("SETRANGE").arg(&key).arg(36).arg(b"\xff\xff\xff\xff").query_async(&mut keys).await.unwrap();
    store.load(&ID, NOW).await.unwrap_err();
    for cut in ["", "x"] {
        let () = redis::cmd("SET").arg(&key).arg(cut).query_async(&mut keys).await.unwrap();
        store.load(&ID, NOW).await.unwrap_err();
    }
    store.commit(&ID, &set(&[("b", "1")])).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_concurrent_with_a_compaction_are_atomic() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for task in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            let padding = "x".repeat(100);
            for round in 0..200 {
                let text = format!("\"{round} {padding}\"");
                let (left, right) = (format!("left {task}"), format!("right {task}"));
                assert!(is_done(&store.commit(&ID, &set(&[(&left, &text), (&right, &text)])).await.unwrap()));
                let held = store.load(&ID, NOW).await.unwrap().unwrap().values;
                assert_eq!(held.get(&left).unwrap().as_str(), text, "its own write");
                for other in 0..4 {
                    let value = |side: &str| held.get(&format!("{side} {other}"));
                    assert!(value("left") == value("right"), "half of a commit");
                }
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 801);
}
