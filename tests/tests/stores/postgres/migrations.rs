//! Tests of the tables: their schema, their migration and their names.

use std::error::Error as _;

use super::*;

/// Each object, and the statement that drops it.
const OBJECTS: [(&str, &str); 8] = [
    ("the table `{prefix}s`", "DROP TABLE {prefix}s"),
    ("the index `{prefix}s_pkey`", "ALTER TABLE {prefix}s DROP CONSTRAINT {prefix}s_pkey"),
    ("the index `{prefix}s_expires`", "DROP INDEX {prefix}s_expires"),
    ("the table `{prefix}_index`", "DROP TABLE {prefix}_index"),
    ("the index `{prefix}_index_pkey`", "ALTER TABLE {prefix}_index DROP CONSTRAINT {prefix}_index_pkey"),
    ("the index `{prefix}_index_hash`", "DROP INDEX {prefix}_index_hash"),
    ("the table `{prefix}_migrations`", "DROP TABLE {prefix}_migrations"),
    ("version 1 in `{prefix}_migrations`", "DELETE FROM {prefix}_migrations"),
];

/// The definitions of all columns and indexes.
async fn definitions(pool: &PgPool, prefix: &str) -> Vec<String> {
    let columns = format!(
        "SELECT concat_ws(' ', relname, attnum, attname, atttypid::regtype, attnotnull, attstorage, reloptions)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attnum > 0 AND relname IN ('{prefix}s', '{prefix}_index', '{prefix}_migrations')
        UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename LIKE '{prefix}%' ORDER BY 1"
    );
    query_scalar(AssertSqlSafe(columns)).fetch_all(pool).await.unwrap()
}

fn cause(error: &session::Error) -> String {
    error.source().unwrap().to_string()
}

async fn count(pool: &PgPool, table: String) -> i64 {
    query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn each_missing_object_is_restored_and_the_others_keep_their_rows() {
    let admin = admin().await;
    let (store, prefix) = store_on(admin.clone()).await;
    let complete = definitions(&admin, &prefix).await;
    assert_eq!(complete.len(), 15 + 4 + 1 + 5, "{complete:#?}");
    for (name, drop) in OBJECTS {
        run(&admin, format!("INSERT INTO {prefix}s (id, part, log) VALUES ('i', 0, 'l') ON CONFLICT DO NOTHING")).await;
        run(&admin, format!("INSERT INTO {prefix}_index VALUES ('i', 'k', 'h', 1) ON CONFLICT DO NOTHING")).await;
        run(&admin, drop.replace("{prefix}", &prefix)).await;
        let message = cause(&store.check().await.unwrap_err());
        assert!(message.contains(&name.replace("{prefix}", &prefix)), "{message}");
        store.migrate().await.unwrap();
        assert_eq!(definitions(&admin, &prefix).await, complete, "{name}");
        store.check().await.unwrap();
        let rows = [count(&admin, format!("{prefix}s")).await, count(&admin, format!("{prefix}_index")).await];
        let lost = [drop == "DROP TABLE {prefix}s", drop == "DROP TABLE {prefix}_index"];
        assert_eq!(rows, lost.map(|is_lost| i64::from(!is_lost)), "{name}");
        assert_eq!(count(&admin, format!("{prefix}_migrations")).await, 1);
    }
}

#[tokio::test]
async fn a_check_names_all_missing_objects_and_creates_none() {
    let (admin, prefix) = (admin().await, prefix());
    let store = PostgresStore::new(admin.clone()).with_prefix(&prefix).unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    let message = cause(&error);
    for (name, _) in OBJECTS {
        assert!(message.contains(&name.replace("{prefix}", &prefix)), "{message}");
    }
    assert!(message.contains("run `migrate`"), "{message}");
    assert_eq!(definitions(&admin, &prefix).await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_migrations_on_two_pools_all_succeed() {
    let admin = admin().await;
    for _ in 0..10 {
        let (prefix, pools) = (prefix(), [pool(4, options()).await, pool(4, options()).await]);
        let mut tasks = JoinSet::new();
        for at in 0..8 {
            let store = PostgresStore::new(pools[at % 2].clone()).with_prefix(&prefix).unwrap();
            tasks.spawn(async move { store.migrate().await });
        }
        tasks.join_all().await.into_iter().collect::<Result<(), _>>().unwrap();
        assert_eq!(definitions(&admin, &prefix).await.len(), 25);
        assert_eq!(count(&admin, format!("{prefix}_migrations")).await, 1);
    }
}

#[tokio::test]
async fn a_table_of_another_library_is_left_unchanged_and_named() {
    let (admin, prefix) = (admin().await, prefix());
    run(&admin, format!("CREATE TABLE {prefix}s (id text PRIMARY KEY, data bytea, expiry_date timestamptz)")).await;
    let before = definitions(&admin, &prefix).await;
    let store = PostgresStore::new(admin.clone()).with_prefix(&prefix).unwrap();
    let message = format!("the table `{prefix}s` belongs to another library: set another prefix with `with_prefix`");
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Config, message.clone()));
    }
    assert_eq!(definitions(&admin, &prefix).await, before);
}

#[tokio::test]
async fn a_table_of_another_prefix_is_not_used() {
    let (store, prefix) = store_on(admin().await).await;
    let clash = store.with_prefix(&format!("{prefix}_migration")).unwrap().migrate().await.unwrap_err();
    assert!(clash.to_string().contains(&format!("`{prefix}_migrations` belongs to another library")), "{clash}");
}

#[tokio::test]
async fn missing_objects_are_created_in_the_schema_of_the_existing_ones() {
    let (admin, prefix, [early, late]) = (admin().await, prefix(), [prefix(), prefix()]);
    run(&admin, format!("CREATE SCHEMA {late}")).await;
    let path = options().options([("search_path", format!("{early},{late}"))]);
    let pool = pool(1, path).await;
    let store = PostgresStore::new(pool.clone()).with_prefix(&prefix).unwrap();
    store.migrate().await.unwrap();
    run(&admin, format!("CREATE SCHEMA {early}; DROP TABLE {late}.{prefix}s; DROP TABLE {late}.{prefix}_migrations"))
        .await;
    store.migrate().await.unwrap();
    assert_eq!(count(&admin, format!("{late}.{prefix}s")).await, 0);
    assert_eq!(count(&admin, format!("{late}.{prefix}_migrations")).await, 1);
    let path: String = query_scalar("SHOW search_path").fetch_one(&pool).await.unwrap();
    assert_eq!(path, format!("{early},{late}"), "the connection keeps its search path");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrations_run_twice_and_concurrently_from_several_processes() {
    let prefix = prefix();
    let mut processes = JoinSet::new();
    for _ in 0..4 {
        let prefix = prefix.clone();
        processes.spawn(async move {
            let store = PostgresStore::connect(&url()).await?.with_prefix(&prefix)?;
            store.migrate().await?;
            store.migrate().await.map(|()| store)
        });
    }
    let stores: Vec<PostgresStore> = processes.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
    assert!(stores[0].create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    stores[1].migrate().await.unwrap();
    assert_eq!(stores[2].load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])), "a later start keeps the records");
}

#[tokio::test]
async fn a_search_path_selects_the_tables() {
    let (admin, prefix, schemas) = (admin().await, prefix(), [prefix(), prefix()]);
    let [one, two] = &schemas;
    let at = async |path: String| {
        let options = options().options([("search_path", path)]);
        PostgresStore::new(pool(2, options).await).with_prefix(&prefix).unwrap()
    };
    run(&admin, format!("CREATE SCHEMA {one}")).await;
    let late = at(format!("{two},{one}")).await;
    late.migrate().await.unwrap();
    assert!(late.create(&ID, &record(&[("in", "1")]), &[]).await.unwrap());
    assert!(is_done(&late.commit(&ID, &set(&[("b", "2")])).await.unwrap()));

    // A schema that is first in the search path from now on does not hide the existing tables.
    run(&admin, format!("CREATE SCHEMA {two}")).await;
    late.migrate().await.unwrap();
    assert!(is_done(&late.commit(&ID, &set(&[("b", "3")])).await.unwrap()));
    assert_eq!(at(format!("public,{one}")).await.load(&ID, NOW).await.unwrap().unwrap().values.len(), 2);

    let other = at(two.clone()).await;
    assert!(other.load(&ID, NOW).await.is_err(), "no tables there");
    other.migrate().await.unwrap();
    assert_eq!(other.load(&ID, NOW).await.unwrap(), None);
    assert!(other.create(&ID, &record(&[("in", "2")]), &[]).await.unwrap());
    assert!(is_done(&other.commit(&ID, &set(&[("in", "4")])).await.unwrap()));
    assert_eq!(at(one.clone()).await.load(&ID, NOW).await.unwrap().unwrap().values.get("in").unwrap().as_str(), "1");
    assert_eq!(other.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(other.delete_expired(after(100), 10).await.unwrap(), 0);
}

#[tokio::test]
async fn stores_with_different_prefixes_are_separate() {
    let admin = admin().await;
    let schema = prefix();
    run(&admin, format!("CREATE SCHEMA {schema}")).await;
    let pool = pool(2, options().options([("search_path", schema)])).await;
    let mut stores = Vec::new();
    // Some of these are SQL keywords together with a suffix.
    for prefix in ["session", "shop", "value", "table", "user", "select", &"s".repeat(40)] {
        let store = PostgresStore::new(pool.clone()).with_prefix(prefix).unwrap();
        store.migrate().await.unwrap();
        assert!(store.create(&ID, &record(&[("in", &format!("\"{prefix}\""))]), &[]).await.unwrap());
        stores.push((prefix.to_owned(), store));
    }
    for (prefix, store) in &stores {
        assert!(is_done(&store.commit(&ID, &set(&[("b", "2")])).await.unwrap()));
        let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
        assert_eq!(loaded.values.get("in").unwrap().as_str(), format!("\"{prefix}\""));
        assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1, "{prefix}");
    }
}

#[tokio::test]
async fn a_hostile_prefix_is_rejected() {
    let store = PostgresStore::new(admin().await);
    for prefix in ["", "a\"; DROP TABLE users; --", "a'b", "a b", "A", "1a", "ä", "a.b", &"a".repeat(41)] {
        assert_eq!(store.clone().with_prefix(prefix).unwrap_err().kind(), ErrorKind::Config, "{prefix:?}");
    }
}

#[tokio::test]
async fn a_database_without_the_tables_is_an_error_that_names_the_fix() {
    let store = PostgresStore::new(admin().await).with_prefix(&prefix()).unwrap();
    let mut errors = vec![store.load(&ID, NOW).await.unwrap_err()];
    errors.push(store.create(&ID, &record(&[]), &[]).await.unwrap_err());
    errors.push(store.commit(&ID, &touch(NOW)).await.unwrap_err());
    errors.push(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap_err());
    errors.push(store.find(&ALICE, None, 1000, NOW).await.unwrap_err());
    errors.push(store.scan(None, 1, NOW).await.unwrap_err());
    errors.push(store.delete_expired(NOW, 1).await.unwrap_err());
    for error in errors {
        assert!(error.to_string().contains("call `migrate` at startup"), "{error}");
    }
}
