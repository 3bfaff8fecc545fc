//! Tests of the messages of errors: they name the fix.

use super::*;

fn cause(error: &session::Error) -> String {
    assert_eq!(error.kind(), ErrorKind::Store);
    std::error::Error::source(error).unwrap().to_string()
}

#[tokio::test]
async fn the_error_of_a_file_that_is_no_database_names_the_path() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "not a database ".repeat(100)).unwrap();
    let error = cause(&SqliteStore::open(&path).await.unwrap_err());
    assert!(error.contains("is not a database (SQLite error 26): the path leads to another file"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a database ".repeat(100));
}

#[tokio::test]
async fn the_error_of_a_missing_folder_names_the_folder() {
    let folder = TempDir::new().unwrap();
    let error = cause(&SqliteStore::open(folder.path().join("missing/sessions.db")).await.unwrap_err());
    assert!(error.contains("(SQLite error 14): the folder must exist"), "{error}");
}

#[tokio::test]
async fn the_error_of_a_read_only_file_names_the_access_and_reads_succeed() {
    let folder = TempDir::new().unwrap();
    create(&migrated(&folder).await, &[("a", "1")]).await;
    let store = SqliteStore::connect(&format!("{}?mode=ro", url(&folder))).await.unwrap();
    for error in [
        store.commit(&ID, &set(&[("a", "2")])).await.map(drop).unwrap_err(),
        store.delete(&ID, DeleteCondition::None, NOW).await.map(drop).unwrap_err(),
    ] {
        assert!(error.to_string().contains("(SQLite error 8): the process needs write access"), "{error}");
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])));
}

/// The application's pool has a busy timeout of its own, after which SQLite reports the lock.
#[tokio::test]
async fn the_error_of_a_locked_file_names_the_lock() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("what? 50%.db");
    let pool = SqliteConnectOptions::new().filename(&path).create_if_missing(true).busy_timeout(Duration::ZERO);
    let store = SqliteStore::new(SqlitePool::connect_with(pool).await.unwrap());
    store.migrate().await.unwrap();
    let store = store.with_timeout(Duration::from_millis(50));
    let mut writer = another_process(&folder).await;
    writer.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = store.create(&ID, &record(&[]), &[]).await.map(drop).unwrap_err();
    assert!(is_not_sent(&error), "{error}");
    assert!(error.to_string().contains("transaction"), "{error}");
}
