//! What is SQLite's own: its file, names, deadlines, and another process that holds the file.

use std::sync::Arc;
use std::time::Duration;

use session::store::{
    Commit, Committed, Deleted, Json, Limits, Proof, Record, SessionStore, SqliteStore, Timestamp, TokenHash, Values,
};
use session::{ErrorKind, Lifetime, SecretKey, SessionConfig, SessionId, SessionManager};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;
use tokio::task::JoinSet;

const ID: SessionId = SessionId::from_bytes([7; 16]);
const TOKEN: TokenHash = TokenHash::from_bytes([1; 32]);
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

fn record(pairs: &[(&str, &str)]) -> Record {
    let limits = Limits { idle: Duration::from_secs(100), end: NOW + Duration::from_secs(1000) };
    let mut record = Record::new(TOKEN, limits, NOW);
    record.values = values(pairs);
    record
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect()
}

fn change(key: &str, text: &str) -> Commit {
    let mut change = Commit::touch(TOKEN, 800, NOW);
    change.changes.set(key, Json::from_text(text)).unwrap();
    change
}

async fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path().join("what? 50%.db")).await.unwrap()
}

type Store = Arc<dyn SessionStore>;

fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("sessions.db").display())
}

/// A store on the file that the URL names, with its tables.
async fn migrated(folder: &TempDir) -> Store {
    let store = SqliteStore::connect(&url(folder)).await.unwrap();
    store.migrate().await.unwrap();
    Arc::new(store)
}

async fn create(store: &Store, pairs: &[(&str, &str)]) {
    assert!(store.create(&ID, &record(pairs), &[]).await.unwrap());
}

async fn stored(store: &Store) -> Record {
    store.load(&ID, NOW).await.unwrap().expect("the record lives")
}

/// Carries a commit out, and says which revision it made.
async fn revision(store: &Store, commit: &Commit) -> u64 {
    match store.commit(&ID, commit).await.unwrap() {
        Committed::Done { revision, .. } => revision,
        other => panic!("not done: {other:?}"),
    }
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
    assert!(one.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
    assert!(two.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(one.load(&ID, NOW).await.unwrap(), Some(record(&[])));
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

#[tokio::test]
async fn it_keeps_its_records_over_a_restart() {
    let folder = TempDir::new().unwrap();
    let mut kept = record(&[("a", "1"), ("\0", "\"\\u0000\"")]);
    kept.label = Some("Firefox".into());
    assert!(migrated(&folder).await.create(&ID, &kept, &[]).await.unwrap());
    assert_eq!(stored(&migrated(&folder).await).await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_on_one_file_see_each_others_commits() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (migrated(&folder).await, migrated(&folder).await);
    create(&one, &[("a", "1")]).await;
    assert_eq!(stored(&two).await, record(&[("a", "1")]));
    assert!(!two.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut both = change("b", "2");
    both.revision = Some(1);
    assert_eq!(revision(&two, &both).await, 2);
    assert!(matches!(one.commit(&ID, &both).await.unwrap(), Committed::Conflict(_)));
    assert_eq!(stored(&one).await.values, values(&[("a", "1"), ("b", "2")]));
    assert_eq!(one.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_on_one_file_survive_each_others_writes() {
    let folder = TempDir::new().unwrap();
    let stores = [migrated(&folder).await, migrated(&folder).await];
    create(&stores[0], &[("count", "0")]).await;
    let mut tasks = JoinSet::new();
    for number in 0..100_usize {
        let store = Arc::clone(&stores[number % 2]);
        let own = change(&format!("own {number}"), "1");
        tasks.spawn(async move {
            revision(&store, &own).await;
            let id = SessionId::from_bytes([u8::try_from(100 + number).unwrap(); 16]);
            assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
            assert_eq!(store.delete(&id, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&stores[0]).await.values.len(), 101);
    assert_eq!(stored(&stores[0]).await, stored(&stores[1]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_migrates_twice_and_from_two_stores_at_once() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let openings = [(); 4].map(|()| {
            let url = url(&folder);
            async move {
                let store = SqliteStore::connect(&url).await?;
                store.migrate().await?;
                store.migrate().await.map(|()| store)
            }
        });
        let stores = openings.into_iter().collect::<JoinSet<_>>().join_all().await;
        let stores: Vec<Store> = stores.into_iter().map(|store| Arc::new(store.unwrap()) as Store).collect();
        create(&stores[0], &[("a", "1")]).await;
        assert_eq!(stored(&stores[3]).await, record(&[("a", "1")]));
        assert_eq!(stored(&migrated(&folder).await).await, record(&[("a", "1")]), "a later start keeps what is there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_memory_it_keeps_its_records() {
    let store = SqliteStore::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    create(&store, &[]).await;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let (store, change) = (Arc::clone(&store), change(&number.to_string(), "1"));
        tasks.spawn(async move {
            revision(&store, &change).await;
            stored(&store).await;
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&store).await.values.len(), 20);
    let other = SqliteStore::connect("sqlite::memory:").await.unwrap();
    other.migrate().await.unwrap();
    assert_eq!(other.load(&ID, NOW).await.unwrap(), None, "each is a database of its own");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_a_clear_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, "this is no database, only some text that is long enough to be looked at. ".repeat(20))
        .unwrap();
    let no_folder = folder.path().join("missing").join("sessions.db");
    let under_a_file = file.join("sessions.db");
    for path in [&no_folder, &under_a_file, &folder.path().to_owned(), &file] {
        let url = format!("sqlite:{}", path.display());
        let error = SqliteStore::connect(&url).await.expect_err(&url);
        assert_eq!(error.kind(), ErrorKind::Store, "{url}");
        assert_eq!(error.to_string(), "the session store failed to open the SQLite database");
        assert!(std::error::Error::source(&error).is_some(), "the cause is told");
    }
}

/// Such as an empty environment variable: SQLite would make each connection a nameless database of its own.
#[tokio::test]
async fn a_url_that_names_no_database_is_refused() {
    for url in ["", "sqlite:", "sqlite://", "mysql://localhost/sessions", "sqlite:sessions.db?mode=nonsense"] {
        match SqliteStore::connect(url).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{url:?}"),
            Ok(_) => panic!("{url:?} was taken"),
        }
    }
}

#[tokio::test]
async fn a_file_without_the_tables_is_an_error_and_no_empty_store() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::connect(&url(&folder)).await.unwrap();
    assert!(store.load(&ID, NOW).await.is_err());
    assert!(store.create(&ID, &record(&[]), &[]).await.is_err());
    assert!(store.commit(&ID, &Commit::touch(TOKEN, 800, NOW)).await.is_err());
    assert!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.is_err());
    let error = store.delete_expired(NOW, 1).await.unwrap_err();
    assert!(error.to_string().contains("no such table"), "{error}");
}
