//! Tests of the value log: in the row of its session, and in further parts.

use super::*;

/// The length of the value log in the session's own row, and the number of further parts.
async fn layout(prefix: &str) -> (i32, i64) {
    let sql = format!(
        "SELECT octet_length(log), (SELECT count(*) FROM {prefix}s WHERE part > 0) FROM {prefix}s WHERE part = 0"
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&admin().await).await.unwrap()
}

#[tokio::test]
async fn a_long_value_log_is_compacted_without_loss() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    let mut kept = record(&[("\0é", "\"+-\""), ("", "0")]);
    assert!(store.create(&ID, &kept, &[]).await.unwrap());
    let mut lengths = Vec::new();
    for round in 0..300_usize {
        let mut commit = touch(NOW);
        let text = Json::from_text(format!("\"{round} {}\"", "é".repeat(round * 7 % 50)));
        commit.changes.set(["a", "b", "\u{1f600}"][round % 3], text).unwrap();
        match round % 5 {
            0 => commit.changes.unset(["a", "\0é", "b"][round / 5 % 3]).unwrap(),
            1 => commit.changes.set("\0é", Json::from_text(round.to_string())).unwrap(),
            _ => {}
        }
        if round % 97 == 96 {
            commit.changes.clear();
            commit.changes.set("", Json::from_text("0")).unwrap();
        }
        // Some commits change the index in the same statement.
        if round % 11 == 10 {
            commit.index = vec![entry("user", Some(ALICE))];
        }
        commit.apply(&mut kept);
        let done = Committed::Done(Some(CommittedVersion { revision: kept.revision, expires: kept.expires }));
        assert_eq!(store.commit(&ID, &commit).await.unwrap(), done, "{round}");
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&kept), "{round}");
        let (log, rows) = layout(&prefix).await;
        assert_eq!(rows, 0);
        lengths.push(log);
    }
    assert!(lengths.iter().all(|length| *length <= 2500));
    let compactions = lengths.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert!((5..30).contains(&compactions), "{compactions} compactions");
}

#[tokio::test]
async fn a_session_that_outgrows_its_row_has_parts_until_it_is_cleared_or_small_again() {
    let (store, prefix) = store_on(admin().await).await;
    let (mut is_now, large) = (record(&[("a", "1"), ("b", "2"), ("c", "3")]), long());
    assert!(store.create(&ID, &is_now, &[]).await.unwrap());
    assert_eq!(layout(&prefix).await, (51, 0));
    let clearing = |pairs: &[(&str, &str)]| {
        let mut commit = touch(NOW);
        commit.changes.clear();
        for (key, text) in pairs {
            commit.changes.set(key, Json::from_text(*text)).unwrap();
        }
        commit
    };
    let unsetting = |key: &str| {
        let mut commit = touch(NOW);
        commit.changes.unset(key).unwrap();
        commit
    };
    let mut unset = set(&[("d", "4"), ("c", "5")]);
    unset.changes.unset("b").unwrap();
    unset.changes.unset("absent").unwrap();
    let mut long_and_unset = set(&[("e", &large)]);
    long_and_unset.changes.unset("c").unwrap();
    let indexed = |mut commit: Commit| {
        commit.index = vec![entry("user", Some(ALICE))];
        commit
    };
    let steps = [
        (set(&[("a", &*large)]), 1),
        (set(&[("d", &*large)]), 2),
        (unset.clone(), 2),
        (touch(after(1)), 2),
        (set(&[("a", "\"+-\"")]), 2),
        (set(&[("", &*large)]), 1),
        (set(&[("", "0"), ("f", "1")]), 1),
        (set(&[("f", &*large)]), 2),
        (set(&[("f", "0"), ("d", "1"), ("g", &large[..800])]), 2),
        (set(&[("g", &*large)]), 1),
        (unsetting("\0é"), 1),
        (clearing(&[("x", "1")]), 0),
        (unset.clone(), 0),
        (long_and_unset.clone(), 1),
        (clearing(&[("a", &*large), ("b", "1")]), 1),
        (clearing(&[]), 0),
        (clearing(&[("a", &*large), ("b", "1")]), 1),
        (indexed(clearing(&[("c", "1")])), 0),
        (indexed(long_and_unset), 1),
        (indexed(set(&[("a", &*large)])), 2),
        (indexed(unset), 2),
    ];
    for (at, (commit, parts)) in steps.into_iter().enumerate() {
        commit.apply(&mut is_now);
        let done = Committed::Done(Some(CommittedVersion { revision: is_now.revision, expires: is_now.expires }));
        assert_eq!(store.commit(&ID, &commit).await.unwrap(), done, "{at}");
        assert_eq!(store.load(&ID, NOW).await.unwrap().as_ref(), Some(&is_now), "{at}");
        assert_eq!(store.scan(None, 9, NOW).await.unwrap().sessions[0].1, is_now, "{at}");
        assert_eq!(layout(&prefix).await.1, parts, "{at}");
    }
    let mut stale = touch(NOW);
    stale.revision = Some(99);
    assert_eq!(store.commit(&ID, &stale).await.unwrap(), Committed::Conflict(Box::new(is_now)));
    assert_eq!(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(count_rows(&prefix, "s").await, 0);
}

async fn count_rows(prefix: &str, table: &str) -> i64 {
    let count = query_scalar::<_, i64>(AssertSqlSafe(format!("SELECT count(*) FROM {prefix}{table}")));
    count.fetch_one(&admin().await).await.unwrap()
}

/// Runs an operation that waits for a row, while another connection moves the row's log to a part.
async fn during_a_move<T: Send + 'static>(
    prefix: &str,
    operation: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> T {
    let sql = "INSERT INTO {prefix}s (id, part, log) SELECT id, 1, log FROM {prefix}s WHERE part = 0;
        INSERT INTO {prefix}_index SELECT id, 'user', sha256('alice'), created FROM {prefix}s WHERE part = 0;
        UPDATE {prefix}s SET log = '', parts_bytes = octet_length(log), compacted_bytes = octet_length(log),
            revision = revision + 1 WHERE part = 0";
    let mut other = admin().await.begin().await.unwrap();
    other.execute(AssertSqlSafe(sql.replace("{prefix}", prefix))).await.unwrap();
    let waiting = tokio::spawn(operation);
    wait_for_a_waiting_statement(prefix).await;
    assert!(!waiting.is_finished(), "it must wait for the row");
    other.commit().await.unwrap();
    waiting.await.unwrap().unwrap()
}

#[tokio::test]
async fn a_part_that_another_connection_adds_does_not_survive_a_clear() {
    for large in [false, true] {
        let (store, prefix) = store_on(pool(1, options()).await).await;
        assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
        let (text, clearing) = (long(), store.clone());
        let text = if large { text } else { "2".to_owned() };
        let mut clear = touch(NOW);
        clear.changes.clear();
        clear.changes.set("b", Json::from_text(&*text)).unwrap();
        let committed = during_a_move(&prefix, async move { clearing.commit(&ID, &clear).await }).await;
        assert!(is_done(&committed), "{committed:?}");
        let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
        assert_eq!((loaded.values, loaded.revision), (record(&[("b", &text)]).values, 3));
        // A large value is a new part.
        assert_eq!(layout(&prefix).await.1, i64::from(large));
    }
}

#[tokio::test]
async fn a_deletion_during_a_move_leaves_no_part_and_no_index_entry() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let deleting = store.clone();
    let deletion = async move { deleting.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await };
    assert_eq!(during_a_move(&prefix, deletion).await, Deleted::Done);
    assert_eq!((count_rows(&prefix, "s").await, count_rows(&prefix, "_index").await), (0, 0));

    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let sweeping = store.clone();
    assert_eq!(during_a_move(&prefix, async move { sweeping.delete_expired(after(100), 10).await }).await, 1);
    assert_eq!((count_rows(&prefix, "s").await, count_rows(&prefix, "_index").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_that_race_over_a_full_value_log_are_all_stored() {
    let (one, prefix) = store_on(pool(8, options()).await).await;
    let two = PostgresStore::new(pool(8, options()).await).with_prefix(&prefix).unwrap();
    for (id, length) in (0..).zip([10, 60, 400]) {
        assert!(one.create(&number(id), &record(&[]), &[]).await.unwrap());
        let mut tasks = JoinSet::new();
        for at in 0..64_usize {
            let store = [&one, &two][at % 2].clone();
            tasks.spawn(async move {
                let (key, text) = (format!("own {at}"), format!("\"{}\"", "x".repeat(length)));
                assert!(is_done(&store.commit(&number(id), &set(&[("common", &text), (&key, &text)])).await.unwrap()));
                let mut unset = touch(NOW);
                unset.changes.unset(&key).unwrap();
                if at % 8 != 0 {
                    assert!(is_done(&store.commit(&number(id), &unset).await.unwrap()));
                }
            });
        }
        tasks.join_all().await;
        let loaded = one.load(&number(id), NOW).await.unwrap().unwrap();
        assert_eq!((loaded.values.len(), loaded.revision), (9, 121), "{length}");
    }
}

/// The results of a commit that waited for the row lock of another commit.
#[tokio::test]
async fn a_commit_that_waited_for_a_lock_sees_the_other_commit() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    let full = "convert_to('+00010000002384b' || repeat('1', 2384), 'UTF8') || log";
    let rotation = "UPDATE {prefix}s SET token = sha256('other'), rotated = 5, revision = 2";
    let to_part =
        "INSERT INTO {prefix}s (id, part, log) SELECT id, 1, log FROM {prefix}s WHERE id = '\\x{id}' AND part = 0;
        UPDATE {prefix}s SET log = '', parts_bytes = octet_length(log), compacted_bytes = 17, revision = 2";
    let mut drops = set(&[("b", "7")]);
    drops.changes.unset("d").unwrap();
    let mut any = set(&[("b", "7")]);
    let mut swap = any.clone();
    swap.revision = Some(1);
    any.token = None;
    let cases = [
        (rotation.to_owned(), set(&[("b", "7")]), "replaced"),
        (rotation.to_owned(), any.clone(), "done"),
        ("DELETE FROM {prefix}s".to_owned(), set(&[("b", "7")]), "missing"),
        ("UPDATE {prefix}s SET expires = 5".to_owned(), set(&[("b", "7")]), "missing"),
        ("UPDATE {prefix}s SET revision = 2".to_owned(), swap.clone(), "conflict"),
        (to_part.to_owned(), swap, "conflict"),
        (to_part.to_owned(), set(&[("b", "7")]), "done"),
        (to_part.to_owned(), drops, "done"),
        (format!("UPDATE {{prefix}}s SET revision = 2, log = {full}"), set(&[("b", "7"), ("c", "8")]), "done"),
    ];
    for (id, (sql, commit, expected)) in (1..).zip(cases) {
        let id = number(id);
        assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
        let sql = sql.replace("{prefix}", &prefix).replace("{id}", &id.to_string())
            + &format!(" WHERE id = '\\x{id}' AND part = 0");
        let mut first = admin().await.begin().await.unwrap();
        first.execute(AssertSqlSafe(sql.clone())).await.unwrap();
        let waiting = tokio::spawn({
            let (store, commit) = (store.clone(), commit.clone());
            async move { store.commit(&id, &commit).await }
        });
        wait_for_a_waiting_statement(&prefix).await;
        assert!(!waiting.is_finished(), "{sql}");
        first.commit().await.unwrap();
        let committed = waiting.await.unwrap().unwrap();
        let loaded = store.load(&id, NOW).await.unwrap();
        match (expected, &committed) {
            ("done", Committed::Done(_)) => {
                let values = loaded.unwrap().values;
                assert_eq!(values.get("a"), Some(Json::from_text("1")), "{sql}");
                assert_eq!(values.get("b"), Some(Json::from_text("7")), "{sql}");
                assert_eq!(values.get("d"), None, "{sql}");
            }
            ("replaced", Committed::Replaced { rotated }) => {
                assert_eq!(*rotated, Some(Timestamp::from_millis(5)));
                assert_eq!(loaded.unwrap().values, record(&[("a", "1")]).values);
            }
            ("conflict", Committed::Conflict(found)) => {
                assert_eq!((found.revision, Some(&**found)), (2, loaded.as_ref()));
            }
            ("missing", Committed::Missing) => assert_eq!(loaded, None),
            _ => panic!("{committed:?} after {sql}"),
        }
    }
}

/// Without its newest part, a record would return the values of an older one.
#[tokio::test]
async fn a_record_without_one_of_its_parts_is_an_error_until_it_is_cleared() {
    let (store, prefix) = store_on(admin().await).await;
    let large = |text: &str| format!("\"{}\"", text.repeat(5000));
    assert!(store.create(&ID, &record(&[("a", &*large("1")), ("b", &*large("1"))]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("a", &*large("2"))])).await.unwrap()));
    let newest = format!("DELETE FROM {prefix}s WHERE part = (SELECT max(part) FROM {prefix}s)");
    run(&admin().await, newest).await;
    assert!(is_done(&store.commit(&ID, &set(&[("c", "1")])).await.unwrap()), "it needs no part");
    store.load(&ID, NOW).await.unwrap_err();
    store.commit(&ID, &set(&[("a", &*large("3")), ("b", &*large("3"))])).await.unwrap_err();
    let mut clear = touch(NOW);
    clear.changes.clear();
    assert!(is_done(&store.commit(&ID, &clear).await.unwrap()));
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, record(&[]).values);
}
