//! Statements that an administrator or a time limit of the server kills.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::*;

/// A store with one connection, and a task that kills its statements again and again.
async fn store_with_killed_statements() -> (MySqlStore, JoinSet<()>) {
    let connection_id = Arc::new(AtomicU64::new(0));
    let newest = Arc::clone(&connection_id);
    let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(1);
    let pool = pool.after_connect(move |connection, _| {
        let newest = Arc::clone(&newest);
        Box::pin(async move {
            newest.store(sqlx::query_scalar("SELECT CONNECTION_ID()").fetch_one(connection).await?, Relaxed);
            Ok(())
        })
    });
    let store = MySqlStore::new(pool.connect_with(options()).await.unwrap()).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    let mut killer = admin().await;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            // The connection may be closed by now.
            _ = run(&mut killer, format!("KILL QUERY {}", connection_id.load(Relaxed))).await;
        }
    });
    (store, tasks)
}

/// MariaDB reports success for a `DELETE` of one table that is killed while it is planned, and deletes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_stored_clear_removes_all_values_if_statements_are_killed() {
    const CLEARS: u8 = 250;
    let (store, _killer) = store_with_killed_statements().await;
    let long = format!("\"{}\"", "x".repeat(9000));
    let mut cleared = 0;
    for id in (0..CLEARS).map(number) {
        while store.load(&id, NOW).await.ok().flatten().is_none() {
            _ = store.create(&id, &record(&[("before", &*long)]), &[]).await;
        }
        let clear = with(set(&[]), |commit| {
            commit.changes.clear();
            commit.changes.set("after", Json::from_text("1")).unwrap();
        });
        if !store.commit(&id, &clear).await.is_ok_and(|committed| is_done(&committed)) {
            continue;
        }
        cleared += 1;
        let stored = loop {
            if let Ok(stored) = store.load(&id, NOW).await {
                break stored.expect("the session is live");
            }
        };
        let keys: Vec<_> = stored.values.iter().map(|(key, _)| key.to_owned()).collect();
        assert_eq!(keys, ["after"]);
    }
    assert!(cleared > 0, "every clear was killed");
}
