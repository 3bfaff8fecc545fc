//! Tests of an SQLite file that is full or read-only, and is writable again later.

use std::sync::Arc;

use session::ErrorKind;
use session::store::SqliteStore;
use session_tests::{App, CookieState};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tempfile::TempDir;

use super::request::{assert_next_requests_work, sees};

/// An application with one connection, whose settings the test can change.
async fn app(folder: &TempDir) -> (App, SqlitePool) {
    let options = SqliteConnectOptions::new().filename(folder.path().join("sessions.db")).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let store = SqliteStore::new(pool.clone());
    store.migrate().await.unwrap();
    (App::on_store(Arc::new(store), |config| config), pool)
}

/// Applies a setting that makes a large change fail, and then reverts it.
async fn assert_rejected(set: &str, unset: &str, words: &str) {
    let folder = TempDir::new().unwrap();
    let (app, pool) = app(&folder).await;
    let browser = CookieState::Live.browser(&app).await;
    sqlx::query(sqlx::AssertSqlSafe(set)).execute(&pool).await.unwrap();
    let mut session = app.open(&browser);
    for key in 0..1_000 {
        session.insert(format!("key {key}"), "x".repeat(100)).await.unwrap();
    }
    let error = app.finalize(session, &mut browser.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(words), "{cause}");
    assert_eq!(sees(&app, &browser).await.0, "a=1", "reads succeed, and nothing was stored");
    sqlx::query(sqlx::AssertSqlSafe(unset)).execute(&pool).await.unwrap();
    assert_eq!(sees(&app, &browser).await.0, "a=1");
    assert_next_requests_work(&app, browser, "a=1").await;
}

#[tokio::test]
async fn a_full_disk_rejects_a_whole_change_until_there_is_space() {
    assert_rejected(
        "PRAGMA max_page_count = 1",
        "PRAGMA max_page_count = 100000",
        "is full (SQLite error 13): free disk space",
    )
    .await;
}

#[tokio::test]
async fn a_read_only_file_can_be_read() {
    assert_rejected(
        "PRAGMA query_only = 1",
        "PRAGMA query_only = 0",
        "(SQLite error 8): the process needs write access",
    )
    .await;
}
