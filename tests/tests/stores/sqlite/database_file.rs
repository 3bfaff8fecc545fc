//! Tests of a database file that is deleted, replaced or copied while it is open.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use session::store::StoreError;

use super::*;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("what? 50%.db")
}

/// Two stores on one file: with their own connections, and with a pool of the application.
async fn stores(folder: &TempDir) -> [SqliteStore; 2] {
    let own = open(folder).await;
    own.migrate().await.unwrap();
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path(folder))).await.unwrap();
    let stores = [own, SqliteStore::new(pool)];
    for (store, at) in stores.iter().zip(1..) {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[]).await.unwrap());
    }
    stores
}

/// Commits until the first error. The file is not checked before each commit.
async fn first_error(store: &SqliteStore, id: SessionId) -> StoreError {
    for turn in 0..100 {
        match store.commit(&id, &set(&[("b", &turn.to_string())])).await {
            Ok(committed) => assert!(is_done(&committed)),
            Err(error) => return error,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("all commits succeed");
}

async fn assert_every_operation_fails(store: &SqliteStore, id: SessionId) {
    for error in [
        first_error(store, id).await,
        store.load(&id, NOW).await.map(drop).unwrap_err(),
        store.create(&number(9), &record(&[]), &[]).await.map(drop).unwrap_err(),
        store.commit(&id, &touch(NOW)).await.map(drop).unwrap_err(),
        store.delete(&id, DeleteCondition::None, NOW).await.map(drop).unwrap_err(),
        store.delete_expired(NOW, 10).await.map(drop).unwrap_err(),
        store.find(&IndexHash::from_bytes([1; 32]), None, 10, NOW).await.map(drop).unwrap_err(),
    ] {
        assert!(is_not_sent(&error), "{error}");
        assert!(error.to_string().contains("deleted or replaced while it was open"), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_deleted_while_open_is_an_error() {
    let folder = TempDir::new().unwrap();
    let stores = stores(&folder).await;
    fs::remove_file(path(&folder)).unwrap();
    for (store, at) in stores.iter().zip(1..) {
        assert_every_operation_fails(store, number(at)).await;
    }
    assert!(!path(&folder).exists(), "no connection creates a new file");
}

#[tokio::test]
async fn a_file_that_is_replaced_while_open_is_an_error_and_the_new_file_is_unchanged() {
    let folder = TempDir::new().unwrap();
    let stores = stores(&folder).await;
    let copy = folder.path().join("copy.db");
    let mut other = another_process(&folder).await;
    other.execute(sqlx::AssertSqlSafe(format!("VACUUM INTO '{}'", copy.display()))).await.unwrap();
    other.close().await.unwrap();
    let content = fs::read(&copy).unwrap();
    fs::rename(&copy, path(&folder)).unwrap();
    for (store, at) in stores.iter().zip(1..) {
        assert_every_operation_fails(store, number(at)).await;
    }
    assert!(fs::read(path(&folder)).unwrap() == content);
}

#[tokio::test]
async fn a_file_that_is_moved_back_loses_no_commit() {
    let folder = TempDir::new().unwrap();
    let stores = stores(&folder).await;
    let elsewhere = folder.path().join("elsewhere.db");
    fs::rename(path(&folder), &elsewhere).unwrap();
    for (store, at) in stores.iter().zip(1..) {
        assert_every_operation_fails(store, number(at)).await;
    }
    fs::rename(elsewhere, path(&folder)).unwrap();
    for (store, at) in stores.iter().zip(1..) {
        assert!(is_done(&store.commit(&number(at), &set(&[("c", "1")])).await.unwrap()));
        let record = store.load(&number(at), NOW).await.unwrap().unwrap();
        assert_eq!(["a", "c"].map(|key| record.values.get(key)), [(); 2].map(|()| Some(Json::from_text("1"))));
    }
}

#[tokio::test]
async fn maintenance_and_backups_of_an_open_file_are_not_errors_and_the_backup_is_complete() {
    let folder = TempDir::new().unwrap();
    let stores = stores(&folder).await;
    let backup = folder.path().join("backup.db");
    let mut other = another_process(&folder).await;
    let vacuum_into = format!("VACUUM INTO '{}'", backup.display());
    for statement in ["VACUUM", &vacuum_into, "PRAGMA wal_checkpoint(TRUNCATE)", "REINDEX", "ANALYZE"] {
        other.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
        // Longer than the interval of the checks.
        tokio::time::sleep(Duration::from_millis(120)).await;
        for (store, at) in stores.iter().zip(1..) {
            assert!(is_done(&store.commit(&number(at), &set(&[("b", "2")])).await.unwrap()), "{statement}");
        }
    }
    let restored = SqliteStore::open(&backup).await.unwrap();
    restored.migrate().await.unwrap();
    for at in [1, 2] {
        assert_eq!(restored.load(&number(at), NOW).await.unwrap().unwrap().values.get("a"), Some(Json::from_text("1")));
        assert!(is_done(&restored.commit(&number(at), &set(&[("b", "3")])).await.unwrap()));
    }
}

/// The name of a database in memory leads to no file.
#[tokio::test]
async fn a_database_in_memory_is_never_reported_as_deleted() {
    let store = SqliteStore::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_under_load_is_undamaged_and_has_each_earlier_commit() {
    let folder = TempDir::new().unwrap();
    let [store, _] = stores(&folder).await;
    let count = Arc::new(AtomicU64::new(0));
    let writer = tokio::spawn({
        let (store, count) = (store.clone(), Arc::clone(&count));
        async move {
            for turn in 1_u64.. {
                let text = format!("\"{}\"", "x".repeat(300));
                let change = set(&[("count", &turn.to_string()), (&format!("key {}", turn % 50), &text)]);
                assert!(is_done(&store.commit(&number(1), &change).await.unwrap()));
                count.store(turn, Relaxed);
            }
        }
    });
    let mut other = another_process(&folder).await;
    for round in 0..5 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let before = count.load(Relaxed);
        let backup = folder.path().join(format!("backup {round}.db"));
        other.execute(sqlx::AssertSqlSafe(format!("VACUUM INTO '{}'", backup.display()))).await.unwrap();
        let mut copy = SqliteConnectOptions::new().filename(&backup).connect().await.unwrap();
        let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut copy).await.unwrap();
        assert_eq!(check, "ok");
        copy.close().await.unwrap();
        let restored = SqliteStore::open(&backup).await.unwrap().load(&number(1), NOW).await.unwrap().unwrap();
        let stored: u64 = restored.values.get("count").map_or(0, |count| count.as_str().parse().unwrap());
        assert!(stored >= before, "{stored} of {before} commits");
    }
    writer.abort();
    assert!(writer.await.unwrap_err().is_cancelled(), "every commit succeeded");
}
