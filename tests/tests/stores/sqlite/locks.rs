//! Tests of a file that another process has locked: waits, timeouts and cancelled commits.

use session::store::{StoreError, Unavailable};

use super::*;

/// Repeats an operation that cannot succeed until none of its attempts is in flight at its timeout.
///
/// On a busy machine, an attempt may take longer than usual. Its outcome is unknown, so the store reports a timeout.
async fn error_without_an_attempt_in_flight<T>(operation: impl AsyncFn() -> Result<T, StoreError>) -> StoreError {
    for _ in 0..100 {
        let error = operation().await.map(drop).unwrap_err();
        if !matches!(error.downcast_ref(), Some(Unavailable::TimedOut(_))) {
            return error;
        }
    }
    panic!("an attempt is in flight at each timeout");
}

#[tokio::test]
async fn a_lock_that_is_never_released_times_out_and_the_next_request_works() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let mut writer = another_process(&folder).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let config = SessionConfig::new(SecretKey::generate()).lifetime(Lifetime::new());
    // Only while the file is locked: on a busy machine, an operation may take longer.
    let short_store = store.clone().with_timeout(Duration::from_millis(100));
    let manager = SessionManager::new(short_store, config.clone());
    let sync = async || {
        let mut session = manager.open(&http::HeaderMap::new());
        session.insert("a", 1).await.unwrap();
        let error = session.sync().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        std::error::Error::source(&error).unwrap().to_string()
    };
    let mut cause = sync().await;
    // On a busy machine, an attempt may be in flight at the timeout.
    for _ in 0..100 {
        if cause != "no reply within 100ms" {
            break;
        }
        cause = sync().await;
    }
    assert_eq!(cause, "database is locked (SQLite error 5): another process holds the write lock; end its transaction");
    writer.execute("ROLLBACK").await.unwrap();
    writer.close().await.unwrap();
    let mut session = SessionManager::new(store, config).open(&http::HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
}

/// Waits for the write lock in the store, and within SQLite.
#[tokio::test]
async fn an_operation_that_never_gets_the_write_lock_is_not_sent_and_stores_nothing() {
    let folder = TempDir::new().unwrap();
    let own = open(&folder).await;
    own.migrate().await.unwrap();
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")));
    let shared = SqliteStore::new(pool.await.unwrap());
    assert!(own.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let mut writer = another_process(&folder).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    for store in [&own, &shared] {
        let short_store = store.clone().with_timeout(Duration::from_millis(50));
        let mut indexed = set(&[("b", "2")]);
        indexed.index = vec![entry("user", Some(IndexHash::from_bytes([10; 32])))];
        for error in [
            error_without_an_attempt_in_flight(async || short_store.create(&number(8), &record(&[]), &[]).await).await,
            error_without_an_attempt_in_flight(async || {
                short_store.create(&number(9), &record(&[]), &indexed.index).await
            })
            .await,
            error_without_an_attempt_in_flight(async || short_store.commit(&ID, &set(&[("a", "2")])).await).await,
            error_without_an_attempt_in_flight(async || short_store.commit(&ID, &indexed).await).await,
            error_without_an_attempt_in_flight(async || short_store.delete(&ID, DeleteCondition::None, NOW).await)
                .await,
            error_without_an_attempt_in_flight(async || short_store.delete_expired(after(1000), 10).await).await,
        ] {
            assert!(is_not_sent(&error), "{error}");
        }
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])), "a read needs no lock");
    }
    writer.execute("ROLLBACK").await.unwrap();
    writer.close().await.unwrap();
    // The next writes wait for statements that are still executed.
    for store in [&own, &shared] {
        assert!(is_done(&store.commit(&ID, &set(&[("c", "3")])).await.unwrap()));
        assert_eq!(store.load(&number(8), NOW).await.unwrap(), None);
        assert_eq!(store.load(&number(9), NOW).await.unwrap(), None);
    }
    let stored = own.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((stored.values, stored.revision), (values(&[("a", "1"), ("c", "3")]), 3));
}

#[tokio::test]
async fn a_commit_cancelled_while_another_process_writes_is_never_stored() {
    let folder = TempDir::new().unwrap();
    open(&folder).await.migrate().await.unwrap();
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")));
    let stores: [Store; 2] = [Arc::new(open(&folder).await), Arc::new(SqliteStore::new(pool.await.unwrap()))];
    create(&stores[0], &[("a", "1")]).await;
    let mut writer = another_process(&folder).await;
    for store in stores {
        writer.execute("BEGIN IMMEDIATE").await.unwrap();
        let change = set(&[("a", "2")]);
        let commit = store.commit(&ID, &change);
        tokio::time::timeout(Duration::from_millis(100), commit).await.expect_err("the writer locks the file");
        // An attempt that SQLite executes at this moment must still find the lock: its outcome would be unknown.
        tokio::time::sleep(Duration::from_millis(300)).await;
        writer.execute("ROLLBACK").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(stored(&store).await, record(&[("a", "1")]));
    }
}

#[tokio::test]
async fn a_commit_waits_for_another_process_and_a_read_does_not() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    create(&store, &[("a", "1")]).await;
    let mut writer = another_process(&folder).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let change = set(&[("a", "2")]);
    let release = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(stored(&store).await, record(&[("a", "1")]));
        writer.execute("ROLLBACK").await.unwrap();
    };
    let (made, ()) = tokio::join!(revision(&store, &change), release);
    assert_eq!(made, 2);
    assert_eq!(stored(&store).await.values, values(&[("a", "2")]));
}
