//! What is SQLite's own: names, deadlines, and another process that holds the file.

use std::time::Duration;

use session::store::{Record, SessionStore, SqliteStore, Timestamp, TokenHash};
use session::{ErrorKind, Lifetime, SecretKey, SessionConfig, SessionId, SessionManager};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;

const ID: SessionId = SessionId::from_bytes([7; 16]);
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

fn record() -> Record {
    let limits = session::store::Limits { idle: Duration::from_secs(100), end: NOW + Duration::from_secs(1000) };
    Record::new(TokenHash::from_bytes([1; 32]), limits, NOW)
}

async fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path().join("what? 50%.db")).await.unwrap()
}

async fn another_process(folder: &TempDir) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")).connect().await.unwrap()
}

#[tokio::test]
async fn two_prefixes_in_one_file_keep_apart() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await.with_prefix("shop").unwrap());
    one.migrate().await.unwrap();
    two.migrate().await.unwrap();
    assert!(one.create(&ID, &record(), &[]).await.unwrap());
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
    assert!(two.create(&ID, &record(), &[]).await.unwrap());
    assert_eq!(one.load(&ID, NOW).await.unwrap(), Some(record()));
}

#[tokio::test]
async fn a_prefix_that_is_no_name_is_refused() {
    let folder = TempDir::new().unwrap();
    for prefix in ["", "s; DROP TABLE sessions", "\"", "Shop"] {
        let error = open(&folder).await.with_prefix(prefix).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{prefix:?}");
    }
}

#[tokio::test]
async fn a_writer_that_never_lets_go_is_an_error_in_time_and_the_next_request_works() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await.with_deadline(Duration::from_millis(100));
    store.migrate().await.unwrap();
    let mut writer = another_process(&folder).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::generate()).lifetime(Lifetime::new()));
    let mut session = manager.open(&http::HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    let error = session.sync().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no answer within 100ms");
    writer.execute("ROLLBACK").await.unwrap();
    writer.close().await.unwrap();
    let mut session = manager.open(&http::HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_full_file_is_an_error_and_what_was_stored_stays() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::generate()));
    let mut session = manager.open(&http::HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    let id = session.id().unwrap();
    let mut limits = another_process(&folder).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut limits).await.unwrap();
    limits.close().await.unwrap();
    let pool = SqliteConnectOptions::new()
        .filename(folder.path().join("what? 50%.db"))
        .pragma("max_page_count", (pages + 4).to_string());
    let full = SqliteStore::new(sqlx::SqlitePool::connect_with(pool).await.unwrap());
    let manager = SessionManager::new(full, SessionConfig::new(SecretKey::generate()));
    let mut job = manager.by_id(id);
    job.insert("b", "x".repeat(1_000_000)).await.unwrap();
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Store);
    let job = manager.by_id(id);
    assert_eq!(job.get::<u64>("a").await.unwrap(), Some(1));
    assert_eq!(job.get::<String>("b").await.unwrap(), None);
}
