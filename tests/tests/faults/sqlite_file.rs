//! An SQLite file that is full, or that may not be written, and then may again.

use std::sync::Arc;

use session::ErrorKind;
use session::store::SqliteStore;
use session_tests::{App, Column};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tempfile::TempDir;

use super::request::{sees, the_next_requests_work};

/// An application whose only connection the test can change the settings of.
async fn app(folder: &TempDir) -> (App, SqlitePool) {
    let options = SqliteConnectOptions::new().filename(folder.path().join("sessions.db")).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let store = SqliteStore::new(pool.clone());
    store.migrate().await.unwrap();
    (App::over(Arc::new(store), |config| config), pool)
}

/// Sets the one setting, lets a large change fail for this reason, and takes it back.
async fn a_refusal(set: &str, unset: &str, words: &str) {
    let folder = TempDir::new().unwrap();
    let (app, pool) = app(&folder).await;
    let browser = Column::Live.browser(&app).await;
    sqlx::query(sqlx::AssertSqlSafe(set)).execute(&pool).await.unwrap();
    let mut session = app.open(&browser);
    for key in 0..1_000 {
        session.insert(format!("key {key}"), "x".repeat(100)).await.unwrap();
    }
    let error = app.finalize(session, &mut browser.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(words), "{cause}");
    assert_eq!(sees(&app, &browser).await.0, "a=1", "reads go on, and nothing was stored");
    sqlx::query(sqlx::AssertSqlSafe(unset)).execute(&pool).await.unwrap();
    assert_eq!(sees(&app, &browser).await.0, "a=1");
    the_next_requests_work(&app, browser, "a=1").await;
}

#[tokio::test]
async fn a_full_disk_rejects_a_whole_change_until_there_is_space() {
    a_refusal("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 100000", "is full").await;
}

#[tokio::test]
async fn a_read_only_file_can_be_read() {
    a_refusal("PRAGMA query_only = 1", "PRAGMA query_only = 0", "readonly").await;
}
