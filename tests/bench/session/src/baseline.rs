//! The baseline: a map of parsed values, and single statements on one row or one Redis hash field per key.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bench_common::{
    Bench, CONNECTIONS, DEFAULT_KEYS, PROFILE, Profile, Subject, TEXT, TextSequence, each_key, operations, run, server,
    unique_text,
};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use serde::Deserialize;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, MySqlConnection, PgConnection, SqliteConnection};
use tokio::sync::Semaphore;

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_baseline (id VARCHAR(64) NOT NULL, \
                            name VARCHAR(64) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (id, name))";
const READ: &str = "SELECT value FROM bench_baseline WHERE id = ? AND name = ?";
const READ_POSTGRES: &str = "SELECT value FROM bench_baseline WHERE id = $1 AND name = $2";
const WRITE: &str = "UPDATE bench_baseline SET value = ? WHERE id = ? AND name = ?";
const WRITE_POSTGRES: &str = "UPDATE bench_baseline SET value = $1 WHERE id = $2 AND name = $3";
const INSERT: &str = "INSERT INTO bench_baseline (id, name, value) VALUES (?, ?, ?)";
const INSERT_POSTGRES: &str = "INSERT INTO bench_baseline SELECT $1, * FROM unnest($2::text[], $3::text[])";

fn unique_json() -> String {
    format!("{:?}", unique_text())
}

fn unique_id() -> String {
    static SESSIONS: AtomicU64 = AtomicU64::new(0);
    format!("{:08x}-{:06}", std::process::id(), SESSIONS.fetch_add(1, Relaxed))
}

/// Returns the rows of one session: key and JSON.
fn rows(keys: usize) -> Vec<(String, String)> {
    each_key(keys).map(|(key, value)| (key, serde_json::to_string(&value).expect("JSON"))).collect()
}

/// Open connections. A pool's own work is not part of the baseline.
struct Connections<C> {
    idle: RefCell<Vec<C>>,
    permits: Semaphore,
}

impl<C> Connections<C> {
    async fn open(connect: impl AsyncFn() -> C) -> Self {
        let mut idle = Vec::new();
        for _ in 0..CONNECTIONS {
            idle.push(connect().await);
        }
        Self { idle: RefCell::new(idle), permits: Semaphore::new(CONNECTIONS as usize) }
    }

    /// Runs `work` with the most recently used connection.
    async fn with<T>(&self, work: impl AsyncFnOnce(&mut C) -> T) -> T {
        let _permit = self.permits.acquire().await.expect("an open semaphore");
        let mut connection = self.idle.borrow_mut().pop().expect("one connection per permit");
        let result = work(&mut connection).await;
        self.idle.borrow_mut().push(connection);
        result
    }
}

/// A store with one statement per read or write. The cookie contains the session id.
enum Statements {
    Redis(MultiplexedConnection),
    Postgres(Connections<PgConnection>),
    MySql(Connections<MySqlConnection>),
    Sqlite(Connections<SqliteConnection>),
}

/// The `Set-Cookie` header, if there is one.
struct Response(Option<String>);

impl Subject for Statements {
    type Response = Response;

    async fn call(&self, path: &str, cookies: &str) -> Response {
        let id = cookies.trim_start_matches("id=");
        match path {
            "/read" => self.read(id).await,
            "/write" | "/login" => self.write(id).await,
            "/both" => {
                self.read(id).await;
                self.write(id).await;
            }
            seed => {
                let id = unique_id();
                let keys = seed.trim_start_matches("/seed/").parse().expect("a number");
                self.insert(&id, &rows(keys)).await;
                return Response(Some(format!("id={id}")));
            }
        }
        Response(None)
    }

    fn is_ok(_: &Response) -> bool {
        true
    }

    fn set_cookies(response: &Response) -> Vec<String> {
        response.0.iter().cloned().collect()
    }

    fn has_path(&self, path: &str) -> bool {
        path != "/unused"
    }
}

// Macros, since sqlx's databases have no common trait with these bounds.

macro_rules! create_table {
    ($connections:expr) => {
        $connections
            .with(async |connection| sqlx::query(CREATE_TABLE).execute(connection).await.expect("a table"))
            .await
    };
}

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
                let query = sqlx::query($sql).bind(unique_json()).bind($id).bind(TEXT);
                query.execute(connection).await.expect("a write");
            })
            .await
    };
}

macro_rules! insert {
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
    async fn open_sqlite(url: &str) -> Self {
        let options = SqliteConnectOptions::from_str(url).expect("a URL").journal_mode(SqliteJournalMode::Wal);
        let connections = Connections::open(async || options.connect().await.expect("SQLite")).await;
        create_table!(connections);
        Self::Sqlite(connections)
    }

    async fn open_postgres(url: &str) -> Self {
        let connections = Connections::open(async || PgConnection::connect(url).await.expect("PostgreSQL")).await;
        create_table!(connections);
        Self::Postgres(connections)
    }

    async fn open_mysql(url: &str) -> Self {
        let connections = Connections::open(async || MySqlConnection::connect(url).await.expect("MariaDB")).await;
        create_table!(connections);
        Self::MySql(connections)
    }

    async fn open_redis(url: &str) -> Self {
        let client = redis::Client::open(url).expect("a URL");
        Self::Redis(client.get_multiplexed_async_connection().await.expect("Redis"))
    }

    async fn read(&self, id: &str) {
        let value: String = match self {
            Self::Redis(connection) => connection.clone().hget(id, TEXT).await.expect("a value"),
            Self::Postgres(connections) => read!(connections, id, READ_POSTGRES),
            Self::MySql(connections) => read!(connections, id, READ),
            Self::Sqlite(connections) => read!(connections, id, READ),
        };
        black_box(value);
    }

    async fn write(&self, id: &str) {
        match self {
            Self::Redis(connection) => {
                let _: i64 = connection.clone().hset(id, TEXT, unique_json()).await.expect("a write");
            }
            Self::Postgres(connections) => write!(connections, id, WRITE_POSTGRES),
            Self::MySql(connections) => write!(connections, id, WRITE),
            Self::Sqlite(connections) => write!(connections, id, WRITE),
        }
    }

    async fn insert(&self, id: &str, rows: &[(String, String)]) {
        match self {
            Self::Redis(connection) => {
                let () = connection.clone().hset_multiple(id, rows).await.expect("a hash");
            }
            Self::Postgres(connections) => {
                let (names, values): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
                connections
                    .with(async |connection| {
                        let insert = sqlx::query(INSERT_POSTGRES).bind(id).bind(names).bind(values);
                        insert.execute(connection).await.expect("rows");
                    })
                    .await;
            }
            Self::MySql(connections) => insert!(connections, id, rows),
            Self::Sqlite(connections) => insert!(connections, id, rows),
        }
    }
}

async fn measure_operations(bench: &Bench) {
    let mut values: HashMap<String, Value> =
        each_key(DEFAULT_KEYS).map(|(key, value)| (key, serde_json::to_value(value).expect("JSON"))).collect();
    let mut json: HashMap<String, String> = rows(DEFAULT_KEYS).into_iter().collect();
    let (profile, texts) = (Profile::new(), TextSequence::default());
    operations! { bench;
        "get string": String::deserialize(&values[TEXT]);
        "get struct": Profile::deserialize(&values[PROFILE]);
        "parse struct": serde_json::from_str::<Profile>(&json[PROFILE]);
        "get absent": values.get("absent");
        "insert string": values.insert(TEXT.to_owned(), Value::String(texts.next()));
        "insert struct": {
            let text = serde_json::to_string(&profile.clone()).expect("JSON");
            json.insert(PROFILE.to_owned(), text)
        };
    }
}

fn main() {
    let bench = Bench::from_args("baseline", "");
    run(async {
        measure_operations(&bench).await;
        server(&bench, "sqlite", Statements::open_sqlite).await;
        server(&bench, "postgres", Statements::open_postgres).await;
        server(&bench, "mysql", Statements::open_mysql).await;
        server(&bench, "redis", Statements::open_redis).await;
    });
}
