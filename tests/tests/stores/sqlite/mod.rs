//! Tests of SQLite: its file, table prefixes, timeouts, and other processes that use the file.

mod database_file;
mod errors;
mod locks;
mod migrations;

use std::sync::Arc;
use std::time::Duration;

use session::store::{
    Commit, Committed, CommittedVersion, DeleteCondition, Deleted, IndexHash, Json, Limits, Record, Rotation,
    SessionStore, SqliteStore, Timestamp, TokenHash, Values,
};
use session::{ErrorKind, Lifetime, SecretKey, SessionConfig, SessionId, SessionManager};
use session_tests::sample::{ID, NOW, TOKEN, after, entry, is_done, is_not_sent, limits, number, record, set, touch};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;
use tokio::task::JoinSet;

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect()
}

async fn open(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path().join("what? 50%.db")).await.unwrap()
}

type Store = Arc<dyn SessionStore>;

fn url(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("sessions.db").display())
}

/// A store with its tables on the file of the URL.
async fn migrated(folder: &TempDir) -> Store {
    let store = SqliteStore::connect(&url(folder)).await.unwrap();
    store.migrate().await.unwrap();
    Arc::new(store)
}

async fn create(store: &Store, pairs: &[(&str, &str)]) {
    assert!(store.create(&ID, &record(pairs), &[]).await.unwrap());
}

async fn stored(store: &Store) -> Record {
    store.load(&ID, NOW).await.unwrap().expect("the record is live")
}

/// Commits, and returns the new revision.
async fn revision(store: &Store, commit: &Commit) -> u64 {
    match store.commit(&ID, commit).await.unwrap() {
        Committed::Done(Some(CommittedVersion { revision, .. })) => revision,
        other => panic!("not done: {other:?}"),
    }
}

async fn another_process(folder: &TempDir) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")).connect().await.unwrap()
}

#[tokio::test]
async fn two_prefixes_in_one_file_are_separate() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await.with_prefix("shop").unwrap());
    one.migrate().await.unwrap();
    two.migrate().await.unwrap();
    assert!(one.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
    assert!(two.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(one.load(&ID, NOW).await.unwrap(), Some(record(&[])));
}

/// The table is `values`.
#[tokio::test]
async fn a_prefix_may_form_a_keyword() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await.with_prefix("value").unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("b", "2")])).await.unwrap()));
    let stored = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(stored.values, values(&[("a", "1"), ("b", "2")]));
}

#[tokio::test]
async fn an_invalid_prefix_is_rejected() {
    let folder = TempDir::new().unwrap();
    for prefix in ["", "s; DROP TABLE sessions", "\"", "Shop"] {
        let error = open(&folder).await.with_prefix(prefix).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{prefix:?}");
    }
}

#[tokio::test]
async fn a_full_file_is_an_error_and_stored_values_remain() {
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
    let full = SqliteStore::new(SqlitePool::connect_with(pool).await.unwrap());
    let manager = SessionManager::new(full, SessionConfig::new(SecretKey::generate()));
    let mut job = manager.by_id(id);
    job.insert("b", "x".repeat(1_000_000)).await.unwrap();
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Store);
    let job = manager.by_id(id);
    assert_eq!(job.get::<u64>("a").await.unwrap(), Some(1));
    assert_eq!(job.get::<String>("b").await.unwrap(), None);
}

#[tokio::test]
async fn records_survive_a_restart() {
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
    let mut both = set(&[("b", "2")]);
    both.revision = Some(1);
    assert_eq!(revision(&two, &both).await, 2);
    assert!(matches!(one.commit(&ID, &both).await.unwrap(), Committed::Conflict(_)));
    assert_eq!(stored(&one).await.values, values(&[("a", "1"), ("b", "2")]));
    assert_eq!(one.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(two.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_of_two_stores_on_one_file_are_kept() {
    let folder = TempDir::new().unwrap();
    let stores = [migrated(&folder).await, migrated(&folder).await];
    create(&stores[0], &[("count", "0")]).await;
    let mut tasks = JoinSet::new();
    for at in 0..100_u8 {
        let store = Arc::clone(&stores[usize::from(at % 2)]);
        let own = set(&[(&format!("own {at}"), "1")]);
        tasks.spawn(async move {
            revision(&store, &own).await;
            let id = number(100 + at);
            assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
            assert_eq!(store.delete(&id, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&stores[0]).await.values.len(), 101);
    assert_eq!(stored(&stores[0]).await, stored(&stores[1]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrations_run_twice_and_concurrently_from_two_stores() {
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
        assert_eq!(stored(&migrated(&folder).await).await, record(&[("a", "1")]), "a later start keeps the records");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_in_memory_database_keeps_its_records() {
    let store = SqliteStore::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    create(&store, &[]).await;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let (store, change) = (Arc::clone(&store), set(&[(&number.to_string(), "1")]));
        tasks.spawn(async move {
            revision(&store, &change).await;
            stored(&store).await;
        });
    }
    tasks.join_all().await;
    assert_eq!(stored(&store).await.values.len(), 20);
    let other = SqliteStore::connect("sqlite::memory:").await.unwrap();
    other.migrate().await.unwrap();
    assert_eq!(other.load(&ID, NOW).await.unwrap(), None, "each store has its own database");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_a_clear_error() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, "this text is not a database, and long enough for the header check. ".repeat(20)).unwrap();
    let no_folder = folder.path().join("missing").join("sessions.db");
    let under_a_file = file.join("sessions.db");
    for path in [&no_folder, &under_a_file, &folder.path().to_owned(), &file] {
        let url = format!("sqlite:{}", path.display());
        let error = SqliteStore::connect(&url).await.expect_err(&url);
        assert_eq!(error.kind(), ErrorKind::Store, "{url}");
        assert_eq!(error.to_string(), "failed to open the SQLite database");
        assert!(std::error::Error::source(&error).is_some(), "the error has a source");
    }
}

/// For example an empty environment variable: SQLite would create a separate unnamed database for each connection.
#[tokio::test]
async fn a_url_without_a_database_is_rejected() {
    for url in ["", "sqlite:", "sqlite://", "mysql://localhost/sessions", "sqlite:sessions.db?mode=nonsense"] {
        match SqliteStore::connect(url).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{url:?}"),
            Ok(_) => panic!("{url:?} was accepted"),
        }
    }
}

#[tokio::test]
async fn a_file_without_the_tables_is_an_error() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::connect(&url(&folder)).await.unwrap();
    assert!(store.load(&ID, NOW).await.is_err());
    assert!(store.create(&ID, &record(&[]), &[]).await.is_err());
    assert!(store.commit(&ID, &touch(NOW)).await.is_err());
    assert!(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.is_err());
    let error = store.delete_expired(NOW, 1).await.unwrap_err();
    assert!(error.to_string().contains("no such table: sessions (SQLite error 1): call `migrate`"), "{error}");
}

/// A store of each kind: with its own connections, with a pool of the application, and in memory.
async fn stores_of_each_kind(folder: &TempDir) -> [(&'static str, Store); 3] {
    let pool = SqliteConnectOptions::new().filename(folder.path().join("pool.db")).create_if_missing(true);
    let pool = SqliteStore::new(SqlitePool::connect_with(pool).await.unwrap());
    pool.migrate().await.unwrap();
    let memory = SqliteStore::connect("sqlite::memory:").await.unwrap();
    memory.migrate().await.unwrap();
    [("own", migrated(folder).await), ("pool", Arc::new(pool)), ("memory", Arc::new(memory))]
}

/// A pseudo-random generator with a fixed seed.
struct Random(u64);

impl Random {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Applies random commits to the store and to a map, and compares them.
async fn assert_matches_a_map(store: &Store, longest: usize, clears: usize) {
    let mut random = Random(longest as u64);
    let mut expected = record(&[]);
    create(store, &[]).await;
    for turn in 0..400 {
        let mut commit = touch(NOW);
        if clears > 0 && random.below(clears) == 0 {
            commit.changes.clear();
        }
        for _ in 0..=random.below(3) {
            let key = format!("key {}", random.below(60));
            if random.below(4) == 0 {
                commit.changes.unset(&key).unwrap();
            } else {
                let text = format!("\"{turn} é {}\"", "x".repeat(random.below(longest)));
                commit.changes.set(&key, Json::from_text(text)).unwrap();
            }
        }
        commit.apply(&mut expected);
        assert_eq!(revision(store, &commit).await, expected.revision);
        if random.below(5) == 0 {
            assert_eq!(stored(store).await, expected, "after {turn} commits of up to {longest} bytes");
        }
    }
    assert_eq!(stored(store).await, expected);
    assert_eq!(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    create(store, &[]).await;
    assert_eq!(stored(store).await, record(&[]), "the old values were deleted");
    store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap();
}

#[tokio::test]
async fn a_long_value_log_is_compacted_without_loss() {
    let folder = TempDir::new().unwrap();
    for (kind, store) in stores_of_each_kind(&folder).await {
        println!("{kind}");
        assert_matches_a_map(&store, 10, 0).await;
        assert_matches_a_map(&store, 40, 50).await;
    }
}

#[tokio::test]
async fn a_session_that_spills_out_of_its_row_and_back_loses_nothing() {
    let folder = TempDir::new().unwrap();
    for (kind, store) in stores_of_each_kind(&folder).await {
        println!("{kind}");
        assert_matches_a_map(&store, 400, 40).await;
        assert_matches_a_map(&store, 5_000, 30).await;
        assert_matches_a_map(&store, 40_000, 20).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_that_compact_one_value_log_lose_nothing() {
    for size in [20, 200, 2_000] {
        let folder = TempDir::new().unwrap();
        let stores = [migrated(&folder).await, migrated(&folder).await];
        create(&stores[0], &[]).await;
        let mut tasks = JoinSet::new();
        for number in 0..8_usize {
            let store = Arc::clone(&stores[number % 2]);
            tasks.spawn(async move {
                for turn in 0..40 {
                    let mut own = set(&[(&format!("own {number}"), &format!("\"{turn}{}\"", "x".repeat(size)))]);
                    own.changes.set(&format!("{number} {}", turn % 10), Json::from_text(turn.to_string())).unwrap();
                    revision(&store, &own).await;
                }
            });
        }
        tasks.join_all().await;
        let mut expected = record(&[]);
        for number in 0..8 {
            let mut own = set(&[(&format!("own {number}"), &format!("\"39{}\"", "x".repeat(size)))]);
            for turn in 30..40 {
                own.changes.set(&format!("{number} {}", turn % 10), Json::from_text(turn.to_string())).unwrap();
            }
            own.apply(&mut expected);
        }
        expected.revision = 1 + 8 * 40;
        assert_eq!(stored(&stores[1]).await, expected, "{size} bytes");
    }
}

#[tokio::test]
async fn a_commit_moves_the_expiry_as_the_limits_require_at_every_time() {
    const EDGES: [i64; 13] = [
        i64::MIN,
        i64::MIN + 1,
        -(1 << 53),
        -(1 << 40),
        -1,
        0,
        1,
        1_000,
        1_001,
        1 << 40,
        1 << 53,
        i64::MAX - 1,
        i64::MAX,
    ];
    let store = SqliteStore::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let mut random = Random(1);
    for number in 0..3_000_u32 {
        let mut edge = || EDGES[random.below(EDGES.len())].saturating_add(i64::try_from(random.below(3)).unwrap());
        let idle = Duration::from_millis(edge().unsigned_abs().min(i64::MAX.unsigned_abs()));
        let limits = Limits { idle, absolute_end: Timestamp::from_millis(edge()) };
        let mut kept = Record::new(TOKEN, limits, Timestamp::from_millis(edge()));
        kept.expires = Timestamp::from_millis(edge());
        let mut change =
            Commit::touch(TOKEN, [0, 1, 800, 999, 1000][number as usize % 5], Timestamp::from_millis(edge()));
        if number % 3 != 0 {
            change.changes.set("a", Json::from_text("1")).unwrap();
        }
        if number % 2 == 0 {
            // Next to the renewal threshold.
            let due = (change.now + limits.threshold(change.renew_below.unwrap())).min(limits.absolute_end);
            kept.expires = Timestamp::from_millis(due.as_millis().saturating_add(i64::from(number % 3) - 1));
        }
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let id = SessionId::from_bytes(id);
        assert!(store.create(&id, &kept, &[]).await.unwrap());
        let committed = store.commit(&id, &change).await.unwrap();
        if !kept.is_live(change.now) {
            assert_eq!(committed, Committed::Missing);
            continue;
        }
        let before = kept.clone();
        change.apply(&mut kept);
        let expected = Committed::Done(Some(CommittedVersion { revision: kept.revision, expires: kept.expires }));
        assert_eq!(committed, expected, "{before:?} at {:?}", change.now);
        if kept.is_live(change.now) {
            assert_eq!(store.load(&id, change.now).await.unwrap(), Some(kept));
        }
    }
}

/// For example a full disk. Here, a foreign key of a trigger fails at the end of the statement or at the commit of the
/// transaction, after the statement returned its row.
#[tokio::test]
async fn a_commit_that_fails_after_returning_its_row_stores_nothing() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(folder.path().join("what? 50%.db")));
    let stores: [Store; 2] = [Arc::new(store), Arc::new(SqliteStore::new(pool.await.unwrap()))];
    create(&stores[0], &[("a", "1")]).await;
    let blind = set(&[("b", "2")]);
    let mut rotation = blind.clone();
    rotation.rotation = Some(Rotation { token: TokenHash::from_bytes([2; 32]), limits: limits(), is_login: true });
    let mut other = another_process(&folder).await;
    other.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)").await.unwrap();
    for deferred in ["", "DEFERRABLE INITIALLY DEFERRED"] {
        let children = format!("CREATE TABLE children (parent INTEGER REFERENCES parents (id) {deferred})");
        other.execute(sqlx::AssertSqlSafe(children)).await.unwrap();
        let orphans = "CREATE TRIGGER orphans AFTER UPDATE ON sessions BEGIN INSERT INTO children VALUES (1); END";
        other.execute(orphans).await.unwrap();
        for (store, commit) in stores.iter().flat_map(|store| [(store, &rotation), (store, &blind)]) {
            let error = store.commit(&ID, commit).await.unwrap_err();
            assert!(error.to_string().contains("FOREIGN KEY"), "{error}");
            assert_eq!(stored(store).await, record(&[("a", "1")]));
        }
        other.execute("DROP TRIGGER orphans; DROP TABLE children").await.unwrap();
    }
    for (store, key) in stores.iter().zip(["b", "c"]) {
        revision(store, &set(&[(key, "2")])).await;
    }
    assert_eq!(stored(&stores[0]).await.values, values(&[("a", "1"), ("b", "2"), ("c", "2")]));
}

#[tokio::test]
async fn an_ordinary_commit_writes_one_page_for_sessions_of_any_size() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    let mut other = another_process(&folder).await;
    let log = folder.path().join("what? 50%.db-wal");
    for keys in [1, 10, 100, 1_000] {
        let mut many = record(&[]);
        many.values = (0..keys).map(|key| (format!("key {key}"), Json::from_text("\"some value\""))).collect();
        assert!(store.create(&ID, &many, &[]).await.unwrap());
        // The first commit may write more, because it creates a page.
        revision(&store, &set(&[("key 0", "1")])).await;
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        revision(&store, &set(&[("key 0", "2")])).await;
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 32 + 24 + 4096, "{keys} keys");
        store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap();
    }
}

#[tokio::test]
async fn a_label_of_any_text_and_absent_times_are_read_back_unchanged() {
    let folder = TempDir::new().unwrap();
    let store = migrated(&folder).await;
    for (at, label) in (0..).zip([None, Some(""), Some(" "), Some(" a  b 1 "), Some("é\0\u{1f600}")]) {
        let id = number(at);
        for (rotated, login_rotated) in [(None, None), (Some(after(2)), None), (Some(after(2)), Some(after(1)))] {
            let mut kept = record(&[("a", "1")]);
            (kept.label, kept.rotated, kept.login_rotated) = (label.map(str::to_owned), rotated, login_rotated);
            assert!(store.create(&id, &kept, &[]).await.unwrap());
            assert_eq!(store.load(&id, NOW).await.unwrap(), Some(kept));
            assert_eq!(store.delete(&id, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
        }
    }
}

/// Each request allocates and moves its futures.
#[tokio::test]
async fn the_future_of_an_operation_is_small() {
    let folder = TempDir::new().unwrap();
    let (store, change) = (open(&folder).await, set(&[("a", "1")]));
    let sizes = [size_of_val(&*store.load(&ID, NOW)), size_of_val(&*store.commit(&ID, &change))];
    assert!(sizes.iter().all(|size| *size < 4_000), "{sizes:?} bytes");
}

/// Returns the number of rows in all tables with data.
async fn rows(folder: &TempDir) -> (i64, i64) {
    let mut other = another_process(folder).await;
    let rows = sqlx::query_as("SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM session_index)");
    rows.fetch_one(&mut other).await.unwrap()
}

#[tokio::test]
async fn a_deletion_leaves_no_row_of_the_session() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let store: Store = Arc::new(store);
    let large = format!("\"{}\"", "x".repeat(3_000));
    let index = [entry("user", Some(IndexHash::from_bytes([1; 32]))), entry("team", None)];
    let first = format!("\"{}\"", "x".repeat(10_000));
    for deletes_expired in [false, true] {
        assert!(store.create(&ID, &record(&[("a", &*first)]), &index).await.unwrap());
        for key in ["b", "c", "d"] {
            revision(&store, &set(&[(key, &large)])).await;
        }
        assert!(rows(&folder).await.0 > 2, "the session has several rows");
        if deletes_expired {
            assert_eq!(store.delete_expired(after(1000), 10).await.unwrap(), 1);
        } else {
            assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
        }
        assert_eq!(rows(&folder).await, (0, 0));
    }
}

#[tokio::test]
async fn creating_an_existing_id_adds_no_row() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let large = record(&[("a", &format!("\"{}\"", "x".repeat(10_000)))]);
    let index = [entry("user", Some(IndexHash::from_bytes([1; 32])))];
    for (kept, other) in [(record(&[]), large.clone()), (large, record(&[]))] {
        assert!(store.create(&ID, &kept, &[]).await.unwrap());
        let before = rows(&folder).await;
        let mut newer = other.clone();
        newer.revision = 7;
        assert!(!store.create(&ID, &newer, &[]).await.unwrap());
        assert!(!store.create(&ID, &newer, &index).await.unwrap());
        assert_eq!(rows(&folder).await, before);
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(kept));
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_record_does_not_stop_the_sweep() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    for at in 0..3 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[]).await.unwrap());
    }
    let mut admin = another_process(&folder).await;
    admin.execute("UPDATE sessions SET revision = NULL WHERE rowid = (SELECT min(rowid) FROM sessions)").await.unwrap();
    assert_eq!(store.delete_expired(after(2000), 10).await.unwrap(), 3);
}

/// Without its newest part, a record would return the values of an older one.
#[tokio::test]
async fn a_record_without_one_of_its_parts_is_an_error_until_it_is_cleared() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    let large = |text: &str| format!("\"{}\"", text.repeat(5000));
    assert!(store.create(&ID, &record(&[("a", &*large("1")), ("b", &*large("1"))]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("a", &*large("2"))])).await.unwrap()));
    let mut admin = another_process(&folder).await;
    admin.execute("DELETE FROM sessions WHERE part = (SELECT max(part) FROM sessions)").await.unwrap();
    assert!(is_done(&store.commit(&ID, &set(&[("c", "1")])).await.unwrap()), "it needs no part");
    store.load(&ID, NOW).await.unwrap_err();
    store.commit(&ID, &set(&[("a", &*large("3")), ("b", &*large("3"))])).await.unwrap_err();
    let mut clear = touch(NOW);
    clear.changes.clear();
    assert!(is_done(&store.commit(&ID, &clear).await.unwrap()));
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, values(&[]));
}
