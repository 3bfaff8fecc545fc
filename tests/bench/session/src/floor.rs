//! What no library can go below: a map of parsed values, and the bare statements of one key in a row or a hash field of
//! its own, without a session, a cookie or a router around them.

use std::collections::HashMap;
use std::env;
use std::hint::black_box;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bench_common::{Bench, PROFILE, Profile, Subject, TEXT, each_key, run, server, text};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use serde::Deserialize;
use serde_json::Value;
use sqlx::{MySqlPool, PgPool, SqlitePool};

fn another_text() -> String {
    static TURN: AtomicU64 = AtomicU64::new(0);
    format!("{:?}", text(TURN.fetch_add(1, Relaxed)))
}

/// The rows of one session, or its hash.
fn rows(keys: usize) -> Vec<(String, String)> {
    each_key(keys).map(|(key, value)| (key, serde_json::to_string(&value).expect("JSON"))).collect()
}

fn another_session() -> String {
    static SESSION: AtomicU64 = AtomicU64::new(0);
    format!("{:08x}-{:06}", std::process::id(), SESSION.fetch_add(1, Relaxed))
}

/// The statement of each path; the cookie is the name of the session.
enum Statements {
    Redis(MultiplexedConnection),
    Postgres(PgPool),
    MySql(MySqlPool),
    Sqlite(SqlitePool),
}

struct Answer(Option<String>);

impl Subject for Statements {
    type Response = Answer;

    async fn call(&self, path: &str, cookies: &str) -> Answer {
        let id = cookies.trim_start_matches("id=");
        match path {
            "/unused" => {}
            "/read" => self.read(id).await,
            "/write" | "/sign-in" => self.write(id).await,
            "/both" => {
                self.read(id).await;
                self.write(id).await;
            }
            seed => {
                let id = another_session();
                let keys = seed.trim_start_matches("/seed/").parse().expect("a number");
                self.seed(&id, &rows(keys)).await;
                return Answer(Some(format!("id={id}")));
            }
        }
        Answer(None)
    }

    fn is_ok(_: &Answer) -> bool {
        true
    }

    fn set_cookies(answer: &Answer) -> Vec<String> {
        answer.0.iter().cloned().collect()
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_floor (id VARCHAR(64) NOT NULL, name VARCHAR(64) NOT NULL, \
                     value TEXT NOT NULL, PRIMARY KEY (id, name))";

impl Statements {
    async fn read(&self, id: &str) {
        let value: String = match self {
            Self::Redis(connection) => connection.clone().hget(id, TEXT).await.expect("a value"),
            Self::Postgres(pool) => sqlx::query_scalar("SELECT value FROM bench_floor WHERE id = $1 AND name = $2")
                .bind(id)
                .bind(TEXT)
                .fetch_one(pool)
                .await
                .expect("a value"),
            Self::MySql(pool) => sqlx::query_scalar("SELECT value FROM bench_floor WHERE id = ? AND name = ?")
                .bind(id)
                .bind(TEXT)
                .fetch_one(pool)
                .await
                .expect("a value"),
            Self::Sqlite(pool) => sqlx::query_scalar("SELECT value FROM bench_floor WHERE id = ? AND name = ?")
                .bind(id)
                .bind(TEXT)
                .fetch_one(pool)
                .await
                .expect("a value"),
        };
        black_box(value);
    }

    async fn write(&self, id: &str) {
        match self {
            Self::Redis(connection) => {
                let mut connection = connection.clone();
                let _: i64 = connection.hset(id, TEXT, another_text()).await.expect("a write");
            }
            Self::Postgres(pool) => {
                sqlx::query("UPDATE bench_floor SET value = $1 WHERE id = $2 AND name = $3")
                    .bind(another_text())
                    .bind(id)
                    .bind(TEXT)
                    .execute(pool)
                    .await
                    .expect("a write");
            }
            Self::MySql(pool) => {
                sqlx::query("UPDATE bench_floor SET value = ? WHERE id = ? AND name = ?")
                    .bind(another_text())
                    .bind(id)
                    .bind(TEXT)
                    .execute(pool)
                    .await
                    .expect("a write");
            }
            Self::Sqlite(pool) => {
                sqlx::query("UPDATE bench_floor SET value = ? WHERE id = ? AND name = ?")
                    .bind(another_text())
                    .bind(id)
                    .bind(TEXT)
                    .execute(pool)
                    .await
                    .expect("a write");
            }
        }
    }

    async fn seed(&self, id: &str, rows: &[(String, String)]) {
        const INSERT: &str = "INSERT INTO bench_floor (id, name, value) VALUES (?, ?, ?)";
        match self {
            Self::Redis(connection) => {
                let () = connection.clone().hset_multiple(id, rows).await.expect("a hash");
            }
            Self::Postgres(pool) => {
                let (names, values): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
                sqlx::query("INSERT INTO bench_floor SELECT $1, * FROM unnest($2::text[], $3::text[])")
                    .bind(id)
                    .bind(names)
                    .bind(values)
                    .execute(pool)
                    .await
                    .expect("rows");
            }
            Self::MySql(pool) => {
                let mut transaction = pool.begin().await.expect("a transaction");
                for (name, value) in rows {
                    let insert = sqlx::query(INSERT).bind(id).bind(name).bind(value);
                    insert.execute(&mut *transaction).await.expect("a row");
                }
                transaction.commit().await.expect("a commit");
            }
            Self::Sqlite(pool) => {
                let mut transaction = pool.begin().await.expect("a transaction");
                for (name, value) in rows {
                    let insert = sqlx::query(INSERT).bind(id).bind(name).bind(value);
                    insert.execute(&mut *transaction).await.expect("a row");
                }
                transaction.commit().await.expect("a commit");
            }
        }
    }
}

/// A map of parsed values, and one of texts.
async fn api(bench: &Bench) {
    let mut values: HashMap<String, Value> =
        each_key(10).map(|(key, value)| (key, serde_json::to_value(value).expect("JSON"))).collect();
    let texts: HashMap<String, String> = rows(10).into_iter().collect();
    let (profile, mut turn) = (Profile::new(), 0);
    bench.row("api", "get string", 10, async || _ = black_box(String::deserialize(&values[TEXT]))).await;
    bench.row("api", "get struct", 10, async || _ = black_box(Profile::deserialize(&values[PROFILE]))).await;
    bench
        .row("api", "get struct from text", 10, async || {
            _ = black_box(serde_json::from_str::<Profile>(&texts[PROFILE]));
        })
        .await;
    bench.row("api", "get absent", 10, async || _ = black_box(values.get("absent"))).await;
    bench
        .row("api", "insert string", 10, async || {
            turn += 1;
            _ = black_box(values.insert(TEXT.to_owned(), Value::String(text(turn))));
        })
        .await;
    let mut texts = texts;
    bench
        .row("api", "insert struct", 10, async || {
            let text = serde_json::to_string(&profile.clone()).expect("JSON");
            _ = black_box(texts.insert(PROFILE.to_owned(), text));
        })
        .await;
}

async fn stores(bench: &Bench) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("floor.db").display());
    server(bench, "sqlite", &url, async |url| {
        let options = sqlx::sqlite::SqliteConnectOptions::from_str(url).expect("a URL");
        let options = options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let pool = sqlx::sqlite::SqlitePoolOptions::new().test_before_acquire(false);
        let pool = pool.connect_with(options).await.expect("a file");
        sqlx::query(TABLE).execute(&pool).await.expect("a table");
        Statements::Sqlite(pool)
    })
    .await;
    if let Ok(url) = env::var("SESSION_TEST_POSTGRES") {
        server(bench, "postgres", &url, async |url| {
            let pool = sqlx::postgres::PgPoolOptions::new().test_before_acquire(false);
            let pool = pool.connect(url).await.expect("a server");
            sqlx::query(TABLE).execute(&pool).await.expect("a table");
            Statements::Postgres(pool)
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_MYSQL") {
        server(bench, "mysql", &url, async |url| {
            let pool = sqlx::mysql::MySqlPoolOptions::new().test_before_acquire(false);
            let pool = pool.connect(url).await.expect("a server");
            sqlx::query(TABLE).execute(&pool).await.expect("a table");
            Statements::MySql(pool)
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_REDIS") {
        server(bench, "redis", &url, async |url| {
            let client = redis::Client::open(url).expect("a URL");
            Statements::Redis(client.get_multiplexed_async_connection().await.expect("a server"))
        })
        .await;
    }
}

fn main() {
    let bench = Bench::new("floor", "");
    run(async {
        api(&bench).await;
        stores(&bench).await;
    });
}
