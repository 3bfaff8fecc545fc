//! Tests of transactions that wait for each other.

use tokio::task::JoinHandle;

use super::*;

/// A session whose log is being moved to a part. The commit has locked the row, and waits before it adds the part.
struct WaitingMove {
    store: MySqlStore,
    records: String,
    /// Has inserted the part, which the commit waits for.
    other: MySqlConnection,
    commit: JoinHandle<Result<Committed, StoreError>>,
}

impl WaitingMove {
    /// In a database of its own, so that no transaction of another test waits.
    async fn start(isolation: &'static str) -> Self {
        let database = prefix();
        run(&mut admin().await, format!("CREATE DATABASE {database}")).await.unwrap();
        let options = options().database(&database);
        let store = MySqlStore::new(isolated_pool(options.clone(), isolation).await);
        // So that the commit does not time out while it waits.
        let store = store.with_timeout(Duration::from_mins(1));
        store.migrate().await.unwrap();
        assert!(store.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
        let mut other = MySqlConnection::connect_with(&options).await.unwrap();
        // The part number follows from the revision after the commit.
        let insert = format!("INSERT INTO sessions (id, part, log) VALUES (x'{ID}', 2 << 20, '')");
        run(&mut other, format!("START TRANSACTION; {insert}")).await.unwrap();
        let commit = tokio::spawn({
            let (store, commit) = (store.clone(), set(&[("b", &format!("\"{}\"", "x".repeat(6000)))]));
            async move { store.commit(&ID, &commit).await }
        });
        let mut moving = Self { store, records: format!("{database}.sessions"), other, commit };
        moving.wait_for_statements(1).await;
        moving
    }

    /// Waits until this number of statements wait for a lock.
    async fn wait_for_statements(&mut self, expected: i64) {
        wait_for_waiting_statements(&mut self.other, "db = DATABASE()", expected).await;
    }

    /// Returns the isolation level of the waiting transaction.
    async fn isolation_level(&mut self) -> String {
        const LEVEL: &str = "SELECT trx_isolation_level FROM information_schema.INNODB_TRX
            JOIN information_schema.PROCESSLIST ON trx_mysql_thread_id = id
            WHERE db = DATABASE() AND command = 'Execute' AND id <> CONNECTION_ID()";
        for _ in 0..50 {
            if let Some(level) = sqlx::query_scalar(LEVEL).fetch_optional(&mut self.other).await.unwrap() {
                return level;
            }
            // The server refreshes the list of transactions only if it was not read for 100 ms.
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        panic!("the transaction is not listed");
    }

    /// Waits until a second operation waits for the row. Then the commit adds the part, and both finish.
    async fn finish<T: Send + 'static>(mut self, second: JoinHandle<T>) -> (MySqlStore, String, T) {
        self.wait_for_statements(2).await;
        assert!(!self.commit.is_finished() && !second.is_finished());
        run(&mut self.other, "ROLLBACK".to_owned()).await.unwrap();
        assert_done(&self.commit.await.unwrap());
        (self.store, self.records, second.await.unwrap())
    }
}

async fn count_where(records: &str, condition: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {records} WHERE {condition}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut admin().await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_part_that_is_added_while_another_request_clears_the_session_is_deleted() {
    for isolation in ISOLATION_LEVELS {
        let moving = WaitingMove::start(isolation).await;
        let mut clears = set(&[("c", "3")]);
        clears.changes.clear();
        clears.changes.set("c", Json::from_text("3")).unwrap();
        let store = moving.store.clone();
        let clear = tokio::spawn(async move { store.commit(&ID, &clears).await });
        let (store, records, cleared) = moving.finish(clear).await;
        assert_done(&cleared);
        assert_eq!(count_where(&records, "part > 0").await, 0, "{isolation}");
        let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
        assert_eq!((loaded.values, loaded.revision), (record(&[("c", "3")]).values, 3), "{isolation}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deletion_while_a_part_is_added_leaves_no_part_and_no_index_entry() {
    for isolation in ISOLATION_LEVELS {
        for condition in [DeleteCondition::Token(TOKEN), DeleteCondition::IndexEntry(USER), DeleteCondition::None] {
            let moving = WaitingMove::start(isolation).await;
            let store = moving.store.clone();
            let delete = tokio::spawn(async move { store.delete(&ID, condition, NOW).await });
            let (_, records, deleted) = moving.finish(delete).await;
            assert_eq!(deleted.unwrap(), Deleted::Done, "{isolation}");
            assert_eq!(count_where(&records, "TRUE").await, 0, "{isolation}");
            assert_eq!(count_where(&records.replace("sessions", "session_index"), "TRUE").await, 0, "{isolation}");
        }
    }
}

/// Another machine's clock is ahead.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sweep_while_a_part_is_added_leaves_no_part_and_no_index_entry() {
    let moving = WaitingMove::start("REPEATABLE READ").await;
    let store = moving.store.clone();
    let sweep = tokio::spawn(async move { store.delete_expired(after(2000), 10).await });
    let (_, records, deleted) = moving.finish(sweep).await;
    assert_eq!(deleted.unwrap(), 1);
    assert_eq!(count_where(&records, "TRUE").await, 0);
    assert_eq!(count_where(&records.replace("sessions", "session_index"), "TRUE").await, 0);
}

/// `REPEATABLE READ` would lock the gaps beside the session, and block other sessions.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_transaction_is_read_committed_at_every_isolation_level_of_the_pool() {
    for isolation in ISOLATION_LEVELS {
        let mut moving = WaitingMove::start(isolation).await;
        assert_eq!(moving.isolation_level().await, "READ COMMITTED", "in a pool with {isolation}");
        let (other, index) = (record(&[]), [entry("user", Some(USER))]);
        assert!(moving.store.create(&number(8), &other, &index).await.unwrap(), "another session does not wait");
        run(&mut moving.other, "ROLLBACK".to_owned()).await.unwrap();
        assert_done(&moving.commit.await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_waited_too_long_for_a_lock_is_retried_after_a_rollback() {
    let database = prefix();
    run(&mut admin().await, format!("CREATE DATABASE {database}")).await.unwrap();
    let options = options().database(&database);
    let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(1);
    let pool = pool.after_connect(|connection, _| {
        Box::pin(async move { run(connection, "SET SESSION innodb_lock_wait_timeout = 1".to_owned()).await })
    });
    let store = MySqlStore::new(pool.connect_with(options.clone()).await.unwrap());
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
    let mut other = MySqlConnection::connect_with(&options).await.unwrap();
    run(&mut other, "START TRANSACTION; SELECT 1 FROM session_index FOR UPDATE".to_owned()).await.unwrap();
    let commit = tokio::spawn({
        let (store, logout) =
            (store.clone(), with(set(&[("a", "2")]), |commit| commit.index = vec![entry("user", None)]));
        async move { store.commit(&ID, &logout).await }
    });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!commit.is_finished());
    run(&mut other, "ROLLBACK".to_owned()).await.unwrap();
    assert_done(&commit.await.unwrap());
    let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((loaded.values, loaded.revision), (record(&[("a", "2")]).values, 2), "it was applied once");
    assert_eq!(store.find(&USER, None, 10, NOW).await.unwrap().sessions, []);
}
