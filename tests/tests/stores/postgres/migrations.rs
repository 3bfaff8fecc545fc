//! Tests of the tables: their schema, their migration and their names.

use super::*;

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
async fn a_database_without_the_tables_is_an_error() {
    let store = PostgresStore::new(admin().await).with_prefix(&prefix()).unwrap();
    let mut errors = vec![store.load(&ID, NOW).await.unwrap_err()];
    errors.push(store.create(&ID, &record(&[]), &[]).await.unwrap_err());
    errors.push(store.commit(&ID, &touch(NOW)).await.unwrap_err());
    errors.push(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap_err());
    errors.push(store.find(&ALICE, None, 1000, NOW).await.unwrap_err());
    errors.push(store.scan(None, 1, NOW).await.unwrap_err());
    errors.push(store.delete_expired(NOW, 1).await.unwrap_err());
    for error in errors {
        assert!(error.to_string().contains("does not exist"), "{error}");
    }
}
