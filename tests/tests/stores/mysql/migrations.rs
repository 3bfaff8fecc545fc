//! Tests of the tables: their creation, their migration and their names.

use std::error::Error as _;

use super::*;

#[tokio::test]
async fn a_table_of_another_library_is_left_unchanged_and_named() {
    let prefix = prefix();
    let table = format!("CREATE TABLE `{prefix}s` (id VARCHAR(64) PRIMARY KEY, session TEXT)");
    sqlx::query(AssertSqlSafe(table)).execute(&mut admin().await).await.unwrap();
    let error = mysql_at(&prefix).await.migrate().await.unwrap_err();
    let message = error.source().unwrap().to_string();
    assert!(message.contains(&format!("`{prefix}s`")) && message.contains("with_prefix"), "{message}");
    let theirs = format!("INSERT INTO `{prefix}s` VALUES ('a', 'b')");
    sqlx::query(AssertSqlSafe(theirs)).execute(&mut admin().await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrations_run_once_for_any_number_of_processes() {
    for _ in 0..3 {
        let prefix = prefix();
        let mut tasks = JoinSet::new();
        for _ in 0..4 {
            let prefix = prefix.clone();
            tasks.spawn(async move {
                let store = mysql_at(&prefix).await;
                store.migrate().await.unwrap();
                store.migrate().await.unwrap();
                store
            });
        }
        let stores = tasks.join_all().await;
        assert!(stores[0].create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
        assert_eq!(stores[3].load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])));
        assert_eq!(count(&mut admin().await, &format!("{prefix}_migrations")).await, 1);
        let later = mysql_at(&prefix).await;
        later.migrate().await.unwrap();
        assert_eq!(later.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])), "a later start keeps the records");
    }
}

#[tokio::test]
async fn an_interrupted_migration_is_completed_by_the_next() {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut admin = admin().await;
    run(&mut admin, format!("DELETE FROM `{prefix}_migrations`; DROP PROCEDURE `{prefix}_commit_1`")).await.unwrap();
    assert!(store.commit(&ID, &swap(1, &[("a", "1")])).await.is_err());
    store.migrate().await.unwrap();
    assert_eq!(revision(&store.commit(&ID, &swap(1, &[("a", "1")])).await), 2);
}

#[tokio::test]
async fn stores_with_different_prefixes_are_separate() {
    let (one, two) = (mysql().await, mysql().await);
    assert!(one.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
    assert_eq!(two.find(&USER, None, 1000, NOW).await.unwrap().sessions, []);
    assert!(two.create(&ID, &record(&[("b", "2")]), &[]).await.unwrap());
    assert_eq!(two.delete_expired(after(2000), 10).await.unwrap(), 1);
    assert_eq!(one.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])));
}

#[tokio::test]
async fn an_invalid_prefix_is_rejected_and_a_reserved_word_is_not() {
    for hostile in ["", "a`; DROP TABLE x; --", "a b", "A", "1", "é", &"a".repeat(41)] {
        let store = mysql_at(&prefix()).await;
        let error = store.with_prefix(hostile).expect_err(hostile);
        assert_eq!(error.kind(), ErrorKind::Config, "{hostile:?}");
    }
    let (longest, reserved) = (prefix() + &"x".repeat(23), "key");
    for prefix in [&longest, reserved] {
        let store = mysql_at(prefix).await;
        store.migrate().await.unwrap();
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap();
        assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
        assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
    }
}

#[tokio::test]
async fn a_database_without_the_tables_is_an_error() {
    let store = mysql_at(&prefix()).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.is_err());
    assert!(store.commit(&ID, &set(&[])).await.is_err());
    assert!(store.delete(&ID, DeleteCondition::None, NOW).await.is_err());
    assert!(store.delete_expired(NOW, 1).await.is_err());
    let error = store.load(&ID, NOW).await.unwrap_err().to_string();
    assert!(error.contains("doesn't exist"), "{error}");
}
