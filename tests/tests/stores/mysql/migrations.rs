//! Tests of the tables: their creation, their migration and their names.

use std::error::Error as _;

use sqlx::Row;

use super::*;

/// Each object, and the statement that drops it.
const OBJECTS: [(&str, &str); 6] = [
    ("the table `{p}s`", "DROP TABLE `{p}s`"),
    ("the index `{p}s_expires`", "DROP INDEX `{p}s_expires` ON `{p}s`"),
    ("the table `{p}_index`", "DROP TABLE `{p}_index`"),
    ("the index `{p}_index_hash`", "DROP INDEX `{p}_index_hash` ON `{p}_index`"),
    ("the table `{p}_migrations`", "DROP TABLE `{p}_migrations`"),
    ("version 1 in `{p}_migrations`", "DELETE FROM `{p}_migrations`"),
];

/// The definitions of the tables that exist.
async fn definitions(admin: &mut MySqlConnection, prefix: &str) -> Vec<String> {
    let mut definitions = Vec::new();
    for table in [format!("{prefix}s"), format!("{prefix}_index"), format!("{prefix}_migrations")] {
        let show = sqlx::query(AssertSqlSafe(format!("SHOW CREATE TABLE `{table}`")));
        let definition = show.fetch_one(&mut *admin).await.map(|row| row.get::<String, _>(1));
        definitions.extend(definition);
    }
    definitions
}

fn cause(error: &session::Error) -> String {
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn each_missing_object_is_restored_and_the_others_keep_their_rows() {
    let (mut admin, prefix) = (admin().await, prefix());
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    let complete = definitions(&mut admin, &prefix).await;
    assert_eq!(complete.len(), 3);
    assert!(complete[0].contains("_expires` (`expires`)"), "{complete:?}");
    for (name, drop) in OBJECTS {
        let (name, drop) = (name.replace("{p}", &prefix), drop.replace("{p}", &prefix));
        run(&mut admin, format!("INSERT IGNORE INTO `{prefix}s` (id, part, log) VALUES ('i', 0, 'l')")).await.unwrap();
        run(&mut admin, format!("INSERT IGNORE INTO `{prefix}_index` VALUES ('i', 'k', 'h', 1)")).await.unwrap();
        run(&mut admin, drop.clone()).await.unwrap();
        let message = cause(&store.check().await.unwrap_err());
        assert!(message.contains(&name), "{message}");
        store.migrate().await.unwrap();
        assert_eq!(definitions(&mut admin, &prefix).await, complete, "{name}");
        store.check().await.unwrap();
        for table in [format!("{prefix}s"), format!("{prefix}_index")] {
            let is_lost = drop == format!("DROP TABLE `{table}`");
            assert_eq!(count(&mut admin, &table).await, i64::from(!is_lost), "{name}");
        }
        assert_eq!(count(&mut admin, &format!("{prefix}_migrations")).await, 1);
    }
}

#[tokio::test]
async fn a_check_names_all_missing_objects_and_creates_none() {
    let prefix = prefix();
    let error = mysql_at(&prefix).await.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let message = cause(&error);
    for (name, _) in OBJECTS {
        assert!(message.contains(&name.replace("{p}", &prefix)), "{message}");
    }
    assert!(message.contains("run `migrate`"), "{message}");
    assert_eq!(definitions(&mut admin().await, &prefix).await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_migrations_on_two_pools_all_succeed() {
    let mut admin = admin().await;
    for _ in 0..10 {
        let (prefix, pools) = (prefix(), [pool(options(), 4).await, pool(options(), 4).await]);
        let mut tasks = JoinSet::new();
        for at in 0..8 {
            let store = MySqlStore::new(pools[at % 2].clone()).with_prefix(&prefix).unwrap();
            tasks.spawn(async move { store.migrate().await });
        }
        tasks.join_all().await.into_iter().collect::<Result<(), _>>().unwrap();
        assert_eq!(definitions(&mut admin, &prefix).await.len(), 3);
        assert_eq!(count(&mut admin, &format!("{prefix}_migrations")).await, 1);
    }
}

#[tokio::test]
async fn a_table_of_another_library_is_left_unchanged_and_named() {
    let (mut admin, prefix) = (admin().await, prefix());
    let table = format!("CREATE TABLE `{prefix}s` (id VARCHAR(64) PRIMARY KEY, data BLOB)");
    run(&mut admin, table).await.unwrap();
    let before = definitions(&mut admin, &prefix).await;
    let store = mysql_at(&prefix).await;
    let message = format!("the table `{prefix}s` belongs to another library: set another prefix with `with_prefix`");
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Config, message.clone()));
    }
    assert_eq!(definitions(&mut admin, &prefix).await, before);
}

#[tokio::test]
async fn the_tables_are_the_same_under_every_sql_mode() {
    let mut admin = admin().await;
    let mut expected = None;
    for mode in ["", "ANSI_QUOTES", "ORACLE", "ANSI", "MSSQL", "NO_BACKSLASH_ESCAPES", "EMPTY_STRING_IS_NULL"] {
        let prefix = prefix();
        let pool = MySqlPoolOptions::new().max_connections(1).after_connect(move |connection, _| {
            Box::pin(
                async move { sqlx::query("SET SESSION sql_mode = ?").bind(mode).execute(connection).await.map(drop) },
            )
        });
        let store = MySqlStore::new(pool.connect_with(options()).await.unwrap()).with_prefix(&prefix).unwrap();
        store.migrate().await.unwrap();
        store.check().await.unwrap();
        let definitions = definitions(&mut admin, &prefix).await.join("\n").replace(&prefix, "");
        assert_eq!(*expected.get_or_insert_with(|| definitions.clone()), definitions, "{mode}");
    }
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
async fn a_database_without_the_tables_is_an_error_that_names_the_fix() {
    let store = mysql_at(&prefix()).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.is_err());
    assert!(store.commit(&ID, &set(&[])).await.is_err());
    assert!(store.delete(&ID, DeleteCondition::None, NOW).await.is_err());
    assert!(store.delete_expired(NOW, 1).await.is_err());
    let error = store.load(&ID, NOW).await.unwrap_err().to_string();
    assert!(error.contains("call `migrate` at startup"), "{error}");
}
