//! Tests of the tables: their creation, and their restoration.

use std::error::Error as _;

use session_tests::Log;
use sqlx::{AssertSqlSafe, query_scalar};
use tracing_subscriber::util::SubscriberInitExt;

use super::*;

/// Each object, and the statement that drops it.
const OBJECTS: [(&str, &str); 6] = [
    ("the table `sessions`", "DROP TABLE sessions"),
    ("the index `sessions_expires`", "DROP INDEX sessions_expires"),
    ("the table `session_index`", "DROP TABLE session_index"),
    ("the index `session_index_hash`", "DROP INDEX session_index_hash"),
    ("the table `session_migrations`", "DROP TABLE session_migrations"),
    ("version 1 in `session_migrations`", "DELETE FROM session_migrations"),
];

/// The definitions of all tables and indexes.
async fn definitions(connection: &mut SqliteConnection) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    query_scalar(sql).fetch_all(connection).await.unwrap()
}

async fn count(connection: &mut SqliteConnection, table: &str) -> i64 {
    query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(connection).await.unwrap()
}

fn cause(error: &session::Error) -> String {
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn each_missing_object_is_restored_and_the_others_keep_their_rows() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let mut admin = another_process(&folder).await;
    let complete = definitions(&mut admin).await;
    assert_eq!(complete.len(), 5, "{complete:#?}");
    for (name, drop) in OBJECTS {
        admin.execute("INSERT OR IGNORE INTO sessions (id, part, log) VALUES (x'01', 0, x'')").await.unwrap();
        admin.execute("INSERT OR IGNORE INTO session_index VALUES (x'01', x'02', x'03', 1)").await.unwrap();
        admin.execute(drop).await.unwrap();
        let message = cause(&store.check().await.unwrap_err());
        assert!(message.contains(name), "{message}");
        store.migrate().await.unwrap();
        assert_eq!(definitions(&mut admin).await, complete, "{name}");
        store.check().await.unwrap();
        for table in ["sessions", "session_index"] {
            let is_lost = drop == format!("DROP TABLE {table}");
            assert_eq!(count(&mut admin, table).await, i64::from(!is_lost), "{name}");
        }
        assert_eq!(count(&mut admin, "session_migrations").await, 1);
    }
}

#[tokio::test]
async fn a_warning_names_reindex_if_existing_sessions_lost_their_index() {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish().set_default();
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    assert_eq!(log.take(), "", "the tables are new");
    let mut admin = another_process(&folder).await;
    admin.execute("DROP TABLE session_index").await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(log.take(), "", "there is no session yet, as when two processes create the tables");
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    admin.execute("DROP TABLE session_index").await.unwrap();
    store.migrate().await.unwrap();
    let line = log.take();
    assert!(line.contains("WARN") && line.contains("session_index") && line.contains("reindex"), "{line}");
}

#[tokio::test]
async fn a_check_names_all_missing_objects_and_creates_none() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let message = cause(&error);
    for (name, _) in OBJECTS {
        assert!(message.contains(name), "{message}");
    }
    assert_eq!(definitions(&mut another_process(&folder).await).await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_migrations_on_two_pools_all_succeed() {
    for _ in 0..10 {
        let folder = TempDir::new().unwrap();
        let stores = [open(&folder).await, open(&folder).await];
        let mut tasks = JoinSet::new();
        for at in 0..8 {
            let store = stores[at % 2].clone();
            tasks.spawn(async move { store.migrate().await });
        }
        tasks.join_all().await.into_iter().collect::<Result<(), _>>().unwrap();
        let mut admin = another_process(&folder).await;
        assert_eq!(definitions(&mut admin).await.len(), 5);
        assert_eq!(count(&mut admin, "session_migrations").await, 1);
    }
}

#[tokio::test]
async fn a_table_of_another_library_is_left_unchanged_and_named() {
    let folder = TempDir::new().unwrap();
    let mut admin = another_process_creating(&folder).await;
    admin.execute("CREATE TABLE Sessions (id TEXT PRIMARY KEY, data BLOB, expiry_date INTEGER)").await.unwrap();
    let before = definitions(&mut admin).await;
    let store = open(&folder).await;
    let message = "the table `sessions` belongs to another library: set another prefix with `with_prefix`";
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Config, message.to_owned()));
    }
    assert_eq!(definitions(&mut admin).await, before);
    store.with_prefix("shop").unwrap().migrate().await.unwrap();
}

/// A connection that creates the file.
async fn another_process_creating(folder: &TempDir) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")).create_if_missing(true);
    options.connect().await.unwrap()
}

#[tokio::test]
async fn a_read_only_file_is_sufficient_if_nothing_is_missing() {
    let folder = TempDir::new().unwrap();
    open(&folder).await.migrate().await.unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")).read_only(true);
    let store = SqliteStore::new(SqlitePool::connect_with(options).await.unwrap());
    store.migrate().await.unwrap();
    store.check().await.unwrap();
    another_process(&folder).await.execute("DROP INDEX sessions_expires").await.unwrap();
    let message = cause(&store.migrate().await.unwrap_err());
    assert!(message.contains("`sessions_expires`") && message.contains("readonly"), "{message}");
}

/// SQLite would read stored bytes as UTF-16, and change them.
#[tokio::test]
async fn a_database_with_another_encoding_is_a_configuration_error() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let mut admin = another_process(&folder).await;
    admin.execute("PRAGMA encoding = 'UTF-16'; CREATE TABLE existing (name TEXT)").await.unwrap();
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("PRAGMA encoding"), "{error}");
    }
}
