//! What no library can go below: a map of parsed values, and the bare statements of one key in a row or a hash field of
//! its own, without a session, a cookie or a router around them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bench_common::{Bench, PROFILE, Profile, Subject, TEXT, another_text, each_key, part, run, server, text};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use serde::Deserialize;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, MySqlConnection, PgConnection, SqliteConnection};
use tokio::sync::Semaphore;

fn another_json() -> String {
    format!("{:?}", another_text())
}

/// The rows of one session, or its hash.
fn rows(keys: usize) -> Vec<(String, String)> {
    each_key(keys).map(|(key, value)| (key, serde_json::to_string(&value).expect("JSON"))).collect()
}

fn another_session() -> String {
    static SESSION: AtomicU64 = AtomicU64::new(0);
    format!("{:08x}-{:06}", std::process::id(), SESSION.fetch_add(1, Relaxed))
}

/// Connections that are open, and stay so: what a pool does besides is not the statement's.
struct Held<C> {
    idle: RefCell<Vec<C>>,
    free: Semaphore,
}

impl<C> Held<C> {
    async fn open(connect: impl AsyncFn() -> C) -> Self {
        const CONNECTIONS: usize = 10;
        let mut idle = Vec::new();
        for _ in 0..CONNECTIONS {
            idle.push(connect().await);
        }
        Self { idle: RefCell::new(idle), free: Semaphore::new(CONNECTIONS) }
    }

    /// With the connection that was used last.
    async fn with<T>(&self, work: impl AsyncFnOnce(&mut C) -> T) -> T {
        let _permit = self.free.acquire().await.expect("nobody closes it");
        let mut connection = self.idle.borrow_mut().pop().expect("as many as permits");
        let done = work(&mut connection).await;
        self.idle.borrow_mut().push(connection);
        done
    }
}

/// The statement of each path; the cookie is the name of the session.
enum Statements {
    Redis(MultiplexedConnection),
    Postgres(Held<PgConnection>),
    MySql(Held<MySqlConnection>),
    Sqlite(Held<SqliteConnection>),
    /// A conditional write on Redis needs a script: what one costs that does nothing.
    Script(MultiplexedConnection, String),
    /// A conditional write on MariaDB that says what it found needs a procedure: what one costs around the bare update.
    Procedure(Held<MySqlConnection>),
}

struct Answer(Option<String>);

impl Subject for Statements {
    type Response = Answer;

    async fn call(&self, path: &str, cookies: &str) -> Answer {
        let id = cookies.trim_start_matches("id=");
        match path {
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

    fn answers(&self, path: &str) -> bool {
        match self {
            Self::Script(..) | Self::Procedure(_) => ["/write", "/both", "/sign-in"].contains(&path),
            _ => path != "/unused",
        }
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_floor (id VARCHAR(64) NOT NULL, name VARCHAR(64) NOT NULL, \
                     value TEXT NOT NULL, PRIMARY KEY (id, name))";

const PROCEDURE: &str = "CREATE OR REPLACE PROCEDURE bench_floor_write (text TEXT, session VARCHAR(64), wanted VARCHAR(64)) \
                         UPDATE bench_floor SET value = text WHERE id = session AND name = wanted";
const READ: &str = "SELECT value FROM bench_floor WHERE id = ? AND name = ?";
const WRITE: &str = "UPDATE bench_floor SET value = ? WHERE id = ? AND name = ?";
const INSERT: &str = "INSERT INTO bench_floor (id, name, value) VALUES (?, ?, ?)";

macro_rules! read {
    ($connections:expr, $id:expr, $sql:expr) => {
        $connections
            .with(async |connection| {
                let query = sqlx::query_scalar($sql).bind($id).bind(TEXT);
                query.fetch_one(connection).await.expect("a value")
            })
            .await
    };
}

macro_rules! write {
    ($connections:expr, $id:expr, $sql:expr) => {
        $connections
            .with(async |connection| {
                let query = sqlx::query($sql).bind(another_json()).bind($id).bind(TEXT);
                query.execute(connection).await.expect("a write");
            })
            .await
    };
}

macro_rules! seed {
    ($connections:expr, $id:expr, $rows:expr) => {
        $connections
            .with(async |connection| {
                let mut transaction = connection.begin().await.expect("a transaction");
                for (name, value) in $rows {
                    let insert = sqlx::query(INSERT).bind($id).bind(name).bind(value);
                    insert.execute(&mut *transaction).await.expect("a row");
                }
                transaction.commit().await.expect("a commit");
            })
            .await
    };
}

impl Statements {
    async fn read(&self, id: &str) {
        let value: String = match self {
            Self::Redis(connection) | Self::Script(connection, _) => {
                connection.clone().hget(id, TEXT).await.expect("a value")
            }
            Self::Postgres(held) => read!(held, id, "SELECT value FROM bench_floor WHERE id = $1 AND name = $2"),
            Self::MySql(held) | Self::Procedure(held) => read!(held, id, READ),
            Self::Sqlite(held) => read!(held, id, READ),
        };
        black_box(value);
    }

    async fn write(&self, id: &str) {
        match self {
            Self::Redis(connection) => {
                let _: i64 = connection.clone().hset(id, TEXT, another_json()).await.expect("a write");
            }
            Self::Script(connection, script) => {
                let mut call = redis::cmd("EVALSHA");
                call.arg(script).arg(1).arg(id).arg(TEXT).arg(another_json());
                let _: i64 = call.query_async(&mut connection.clone()).await.expect("a script");
            }
            Self::Postgres(held) => {
                write!(held, id, "UPDATE bench_floor SET value = $1 WHERE id = $2 AND name = $3");
            }
            Self::MySql(held) => write!(held, id, WRITE),
            Self::Procedure(held) => write!(held, id, "CALL bench_floor_write(?, ?, ?)"),
            Self::Sqlite(held) => write!(held, id, WRITE),
        }
    }

    async fn seed(&self, id: &str, rows: &[(String, String)]) {
        match self {
            Self::Redis(connection) | Self::Script(connection, _) => {
                let () = connection.clone().hset_multiple(id, rows).await.expect("a hash");
            }
            Self::Postgres(held) => {
                let (names, values): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
                held.with(async |connection| {
                    sqlx::query("INSERT INTO bench_floor SELECT $1, * FROM unnest($2::text[], $3::text[])")
                        .bind(id)
                        .bind(names)
                        .bind(values)
                        .execute(connection)
                        .await
                        .expect("rows");
                })
                .await;
            }
            Self::MySql(held) | Self::Procedure(held) => seed!(held, id, rows),
            Self::Sqlite(held) => seed!(held, id, rows),
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
    let file = folder.path().join("floor.db");
    server(bench, "sqlite", &format!("sqlite:{}", file.display()), async |_| {
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let held = Held::open(async || options.connect().await.expect("a file")).await;
        held.with(async |connection| sqlx::query(TABLE).execute(connection).await.expect("a table")).await;
        Statements::Sqlite(held)
    })
    .await;
    if let Ok(url) = env::var("SESSION_TEST_POSTGRES") {
        server(bench, "postgres", &url, async |url| {
            let held = Held::open(async || PgConnection::connect(url).await.expect("a server")).await;
            held.with(async |connection| sqlx::query(TABLE).execute(connection).await.expect("a table")).await;
            Statements::Postgres(held)
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_MYSQL") {
        let open = async |url: &str| {
            let held = Held::open(async || MySqlConnection::connect(url).await.expect("a server")).await;
            held.with(async |connection| sqlx::query(TABLE).execute(connection).await.expect("a table")).await;
            held
        };
        server(bench, "mysql", &url, async |url| Statements::MySql(open(url).await)).await;
        part(&bench.of("floor, a procedure"), "mysql", &url, async |url| {
            let held = open(url).await;
            held.with(async |connection| sqlx::raw_sql(PROCEDURE).execute(connection).await.expect("a procedure"))
                .await;
            Statements::Procedure(held)
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_REDIS") {
        let open = async |url: &str| {
            let client = redis::Client::open(url).expect("a URL");
            client.get_multiplexed_async_connection().await.expect("a server")
        };
        server(bench, "redis", &url, async |url| Statements::Redis(open(url).await)).await;
        part(&bench.of("floor, a script"), "redis", &url, async |url| {
            let mut connection = open(url).await;
            let load = redis::cmd("SCRIPT").arg("LOAD").arg("return 1").query_async(&mut connection).await;
            Statements::Script(connection, load.expect("a script"))
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
