//! Tests of keys with the prefix of the sessions that are damaged, or belong to another application.

use super::*;

/// Runs a command on a key.
async fn run(keys: &mut MultiplexedConnection, command: &[&str]) {
    let mut words = redis::cmd(command[0]);
    command[1..].iter().for_each(|word| _ = words.arg(word));
    let _: redis::Value = words.query_async(keys).await.unwrap();
}

#[tokio::test]
async fn a_key_of_another_application_is_skipped_and_logged_by_scan_and_sweep() {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish().set_default();
    let (store, prefix, mut keys) = store_and_keys().await;
    let key = |number_of: u8| format!("{prefix}:{}", number(number_of));
    let text = "x".repeat(500);
    // Its last bytes look like an expiry long ago.
    let expired = "\u{fffd}".repeat(100);
    let foreign: [&[&str]; 7] = [
        &["HSET", &key(1), "a", "b"],
        &["RPUSH", &key(2), "a"],
        &["ZADD", &key(3), "1", "a"],
        &["SET", &key(4), "hunter2"],
        &["SET", &key(5), &text],
        &["SET", &key(6), &expired],
        &["SADD", &format!("{prefix}:index:{{{}}}", "0a".repeat(32)), "hunter2"],
    ];
    for command in foreign {
        run(&mut keys, command).await;
    }
    for (at, seconds) in [(20, 10), (21, 2000)] {
        let mut session = record(&[("a", "1")]);
        session.expires = after(seconds);
        assert!(store.create(&number(at), &session, &[]).await.unwrap());
    }
    let names = |lines: &str| (1..7).filter(|at| lines.contains(&number(*at).to_string())).collect::<Vec<u8>>();
    assert_eq!(scan_all(&store, 10).await.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(), 2);
    let lines = log.take();
    assert_eq!(names(&lines), [1, 2, 3, 4, 5, 6], "{lines}");
    assert!(lines.contains("WARN") && lines.contains("skipped a key") && !lines.contains("hunter2"), "{lines}");

    let before: BTreeSet<String> = redis::cmd("KEYS").arg(format!("{prefix}:*")).query_async(&mut keys).await.unwrap();
    assert_eq!(store.delete_expired(after(100), 100).await.unwrap(), 1);
    let lines = log.take();
    assert_eq!(names(&lines), [1, 2, 3, 4, 6], "{lines}");
    assert!(lines.contains("not a valid index entry") && !lines.contains("hunter2"), "{lines}");
    let after: BTreeSet<String> = redis::cmd("KEYS").arg(format!("{prefix}:*")).query_async(&mut keys).await.unwrap();
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [&key(20)], "no foreign key is deleted");
}

#[tokio::test]
async fn a_damaged_session_does_not_hide_the_other_sessions_of_its_user() {
    let (store, prefix, mut keys) = store_and_keys().await;
    for at in 1..4 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
    }
    run(&mut keys, &["SET", &format!("{prefix}:{}", number(2)), "x"]).await;
    assert_eq!(ids(&store, ANNA).await, [number(1), number(3)]);
    assert_eq!(scan_all(&store, 10).await.len(), 2);
    assert_eq!(store.delete_expired(after(5000), 100).await.unwrap(), 2);
    // A session that is restored is found again.
    run(&mut keys, &["DEL", &format!("{prefix}:{}", number(2))]).await;
    assert!(store.load(&number(2), NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn using_a_key_of_another_application_is_an_error_that_names_the_fix() {
    let (store, prefix, mut keys) = store_and_keys().await;
    run(&mut keys, &["HSET", &format!("{prefix}:{ID}"), "a", "hunter2"]).await;
    let texts = [
        store.load(&ID, NOW).await.unwrap_err(),
        store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err(),
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap_err(),
    ];
    for text in texts.map(|error| error.to_string()) {
        assert!(text.contains("WRONGTYPE") && text.contains("with_prefix") && !text.contains("hunter2"), "{text}");
    }
    assert!(!store.create(&ID, &record(&[]), &[]).await.unwrap(), "the key exists");
}
