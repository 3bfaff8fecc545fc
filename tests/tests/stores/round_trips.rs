//! Tests of the round trips of each request, counted by the servers, and of the bytes of a commit.
//!
//! PostgreSQL counts in `pg_stat_statements`, MariaDB in its general log, and Redis with `MONITOR`. Each request uses
//! the whole runtime, and each test prints its table.

use std::sync::Arc;
use std::time::Duration;

use session::store::{MySqlStore, PostgresStore, RedisStore, SessionStore};
use session::{IndexKey, Session};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, Monitor, RedisServer, mysql_proxy, postgres_proxy};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;

const USER: IndexKey<u64> = IndexKey::declare("user");

/// A server that counts its commands.
pub(crate) enum Server {
    Postgres(PrivateServer),
    MariaDb(PrivateServer),
    Redis(RedisServer, Monitor),
}

impl Server {
    /// The number of commands of the application since the last call.
    pub(crate) async fn count(&mut self) -> usize {
        match self {
            // Statements inside of functions are not counted, but a BEGIN or COMMIT of the client would be.
            Self::Postgres(server) => {
                let calls = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE userid = 'shop'::regrole";
                let count = server.query(calls);
                server.query("SELECT pg_stat_statements_reset()");
                count.parse().unwrap()
            }
            // The pool sends a ping after the response, when a connection is released. Each connection prepares a statement
            // once.
            Self::MariaDb(server) => {
                let count = server.query(
                    "SELECT COUNT(*) FROM mysql.general_log
                    WHERE user_host LIKE '%shop%' AND command_type NOT IN ('Ping', 'Prepare')",
                );
                server.query("TRUNCATE mysql.general_log");
                count.parse().unwrap()
            }
            Self::Redis(server, monitor) => monitor.take(server).await.len(),
        }
    }
}

pub(crate) async fn postgres() -> (Arc<dyn SessionStore>, Server) {
    let server = PrivateServer::start(Engine::Postgres, &["-c", "shared_preload_libraries=pg_stat_statements"]);
    server.query("CREATE EXTENSION pg_stat_statements");
    let pool = PgPoolOptions::new().test_before_acquire(false).max_connections(1);
    let store = PostgresStore::new(pool.connect(&server.url()).await.unwrap());
    store.migrate().await.unwrap();
    (Arc::new(store), Server::Postgres(server))
}

pub(crate) async fn mariadb() -> (Arc<dyn SessionStore>, Server) {
    let server = PrivateServer::start(Engine::MySql, &["--general-log=1", "--log-output=TABLE"]);
    let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(1);
    let store = MySqlStore::new(pool.connect(&server.url()).await.unwrap());
    store.migrate().await.unwrap();
    (Arc::new(store), Server::MariaDb(server))
}

async fn redis() -> (Arc<dyn SessionStore>, Server) {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let monitor = Monitor::start(&server).await;
    (Arc::new(store), Server::Redis(server, monitor))
}

/// An application, its server, and the lines of the table.
struct Table {
    app: App,
    server: Server,
    lines: Vec<String>,
}

impl Table {
    fn new((store, server): (Arc<dyn SessionStore>, Server)) -> Self {
        let app = App::on_store(store, |config| config.index(USER));
        Self { app, server, lines: Vec::new() }
    }

    /// The expected number on this server.
    fn on(&self, postgres: usize, mariadb: usize, redis: usize) -> usize {
        match self.server {
            Server::Postgres(_) => postgres,
            Server::MariaDb(_) => mariadb,
            Server::Redis(..) => redis,
        }
    }

    /// A row: one request on a session with `a` = 1 and `b` = 2.
    async fn row(&mut self, words: &str, expected: usize, request: impl AsyncFnOnce(&App, &mut Session)) {
        let browser = self.app.browser_with(&[("a", 1), ("b", 2)]).await;
        self.row_of(browser, words, expected, request).await;
    }

    async fn row_of(
        &mut self,
        mut browser: Browser,
        words: &str,
        expected: usize,
        request: impl AsyncFnOnce(&App, &mut Session),
    ) {
        self.server.count().await;
        self.app.spy.take_operations();
        let mut session = self.app.open(&browser);
        request(&self.app, &mut session).await;
        self.app.finalize(session, &mut browser).await.unwrap();
        let (count, operations) = (self.server.count().await, self.app.spy.take_operations());
        self.lines.push(format!("{count} | {words} | {operations}"));
        assert_eq!(count, expected, "{words}: {operations}");
    }

    /// Checks every row of the cost table.
    async fn check_rows(&mut self) {
        let no_cookie = Browser::default;
        self.row("does not touch server state", 0, async |_, session| {
            session.client_mut().insert("theme", 1).unwrap();
            session.client().get::<u64>("theme").unwrap();
        })
        .await;
        self.row_of(no_cookie(), "has no record: reads", 0, async |_, session| _ = get(session, "a").await).await;
        self.row_of(no_cookie(), "has no record: first write", 1, async |_, session| set(session, "a").await).await;
        self.row("reads", 1, async |_, session| {
            get(session, "a").await;
            session.entries().await.unwrap();
        })
        .await;
        self.row("only sets and unsets", 1, async |_, session| {
            set(session, "a").await;
            session.unset("b").await.unwrap();
        })
        .await;
        self.row("only clears", 1, async |_, session| session.clear().await.unwrap()).await;
        self.row("only rotates", 1, async |_, session| session.cycle_id()).await;
        let deleted = self.app.browser_with(&[("a", 1)]).await;
        let session = {
            let mut session = self.app.open(&deleted);
            session.invalidate();
            session
        };
        self.app.finalize(session, &mut deleted.clone()).await.unwrap();
        // One more finds out why the commit matched no record.
        let count = self.on(3, 3, 2);
        self.row_of(deleted, "only writes, and the session is deleted", count, async |_, session| {
            set(session, "a").await;
        })
        .await;
        self.row("reads and writes, and rotates", 2, async |_, session| {
            get(session, "a").await;
            set(session, "a").await;
            session.cycle_id();
        })
        .await;
        self.row("updates", 2, async |_, session| update(session).await).await;
        self.row("updates after a load", 2, async |_, session| {
            get(session, "b").await;
            update(session).await;
        })
        .await;
        let count = self.on(5, 5, 4);
        self.row("updates, after a commit of another request", count, async |app, session| {
            get(session, "a").await;
            let mut other = app.manager.by_id(session.id().unwrap());
            set(&mut other, "b").await;
            other.sync().await.unwrap();
            update(session).await;
        })
        .await;
        self.row("invalidates", 1, async |_, session| session.invalidate()).await;
        self.row("deletes", 1, async |_, session| session.delete()).await;
        self.row("restarts and writes", 2, async |_, session| {
            session.restart();
            set(session, "a").await;
        })
        .await;
        self.row("deletes and writes", 2, async |_, session| {
            session.delete();
            set(session, "a").await;
        })
        .await;
        let idle = self.app.browser_with(&[("a", 1)]).await;
        self.app.advance(Duration::from_hours(5));
        self.row_of(idle, "reads past the threshold", 2, async |_, session| _ = get(session, "a").await).await;
        self.row("writes unchanged values", 1, async |_, session| {
            get(session, "a").await;
            session.insert("a", 1).await.unwrap();
            session.unset("z").await.unwrap();
        })
        .await;
        self.indexed().await;
    }

    /// On Redis, the index has its own keys and needs its own round trips. On MariaDB, it needs a transaction of four
    /// statements, which starts with the isolation level on a pool of the application.
    async fn indexed(&mut self) {
        let first = self.on(1, 5, 2);
        let (moves, deletes, finds) = (self.on(1, 5, 4), self.on(1, 1, 2), self.on(1, 1, 2));
        let login = async |_: &App, session: &mut Session| session.insert("user", 7).await.unwrap();
        self.row_of(Browser::default(), "logs in without a record", first, login).await;
        let user = self.app.browser_with(&[("user", 7)]).await;
        self.row_of(user.clone(), "changes the indexed value", moves, async |_, session| {
            session.insert("user", 8).await.unwrap();
        })
        .await;
        self.logins().await;
        let user = self.app.browser_with(&[("user", 7)]).await;
        self.row_of(user.clone(), "another key of that session", 1, async |_, session| set(session, "a").await).await;
        self.row_of(user, "logs out", deletes, async |_, session| session.invalidate()).await;
        self.row("lists the sessions of a user", finds, async |app, _| {
            assert_eq!(app.manager.find(USER, &7).await.unwrap().len(), 1);
        })
        .await;
        self.row("lists them with their values", finds, async |app, _| {
            let page = app.manager.list_by(USER, &7, None, 20).await.unwrap();
            assert_eq!(get(&page.sessions[0].session, "user").await, Some(7));
        })
        .await;
        let counts = self.on(1, 1, 0);
        self.row("counts all sessions", counts, async |app, _| {
            assert_eq!(app.manager.count().await.unwrap().is_some(), counts > 0);
        })
        .await;
    }

    /// A login loads the session first. Another user's session is deleted, and a new one is created.
    async fn logins(&mut self) {
        let (first, same, other) = (self.on(2, 6, 4), 2, self.on(3, 7, 5));
        let log_in = async |user: u64, session: &mut Session| session.log_in(USER, user).await.unwrap();
        self.row("logs in, the first user", first, async |_, session| log_in(6, session).await).await;
        let user = self.app.browser_with(&[("user", 6)]).await;
        self.row_of(user, "logs in, the same user", same, async |_, session| log_in(6, session).await).await;
        let user = self.app.browser_with(&[("user", 6)]).await;
        self.row_of(user, "logs in, another user", other, async |_, session| log_in(8, session).await).await;
    }
}

async fn get(session: &Session, key: &str) -> Option<u64> {
    session.get(key).await.unwrap()
}

async fn set(session: &mut Session, key: &str) {
    session.insert(key, 9).await.unwrap();
}

async fn update(session: &mut Session) {
    session.update("a", |a: &mut Option<u64>| *a = a.map(|a| a + 1)).await.unwrap();
}

async fn every_row_of_the_cost_table_takes_its_round_trips(store: (Arc<dyn SessionStore>, Server)) {
    let mut table = Table::new(store);
    warm_up(&table.app).await;
    table.check_rows().await;
    println!("{}", table.lines.join("\n"));
}

/// Prepares every statement on each connection, and sends every script to the server.
async fn warm_up(app: &App) {
    let mut browser = app.browser_with(&[("user", 1)]).await;
    for user in [2, 3] {
        let mut session = app.open(&browser);
        session.get::<u64>("user").await.unwrap();
        session.insert("user", user).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        app.manager.find(USER, &user).await.unwrap();
        app.manager.list_by(USER, &user, None, 20).await.unwrap();
        app.manager.count().await.unwrap();
    }
    let mut session = app.open(&browser);
    session.invalidate();
    app.finalize(session, &mut browser).await.unwrap();
}

#[tokio::test]
async fn every_row_of_the_cost_table_takes_its_round_trips_to_postgresql() {
    every_row_of_the_cost_table_takes_its_round_trips(postgres().await).await;
}

#[tokio::test]
async fn every_row_of_the_cost_table_takes_its_round_trips_to_mariadb() {
    every_row_of_the_cost_table_takes_its_round_trips(mariadb().await).await;
}

#[tokio::test]
async fn every_row_of_the_cost_table_takes_its_round_trips_to_redis() {
    every_row_of_the_cost_table_takes_its_round_trips(redis().await).await;
}

// Bytes

/// Changes one key in sessions with different numbers of keys, and checks that the size is the same. `bytes` returns
/// the bytes that were sent since its last call.
async fn assert_one_key_costs_the_same_bytes(app: &App, bytes: impl AsyncFn() -> usize) -> usize {
    let mut sent = Vec::new();
    for keys in [1, 1, 10, 100, 1_000] {
        let keys: Vec<String> = (0..keys).map(|key| format!("key{key:04}")).collect();
        let keys: Vec<(&str, u64)> = keys.iter().map(|key| (&**key, 1)).collect();
        let mut browser = app.browser_with(&keys).await;
        bytes().await;
        let mut session = app.open(&browser);
        session.insert("key0000", 2).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "commit");
        sent.push(bytes().await);
    }
    // The first commit also prepared the statement.
    println!("{} bytes for one key of 1, 10, 100 and 1,000: {:?}", sent[1], &sent[1..]);
    assert_eq!(sent[1..], [sent[1]; 4]);
    sent[1]
}

#[tokio::test]
async fn a_commit_to_postgresql_sends_the_same_bytes_for_a_thousand_keys_as_for_one() {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let proxy = postgres_proxy::Proxy::start(format!("127.0.0.1:{}", server.port)).await;
    let pool = PgPoolOptions::new().test_before_acquire(false).max_connections(1);
    let store = PostgresStore::new(pool.connect(&server.url_at(proxy.port)).await.unwrap());
    store.migrate().await.unwrap();
    let bytes = async || proxy.take_sent().without_pings().bytes;
    let bytes = assert_one_key_costs_the_same_bytes(&App::on_store(Arc::new(store), |config| config), bytes).await;
    assert!(bytes < 400, "{bytes}");
}

#[tokio::test]
async fn a_commit_to_mariadb_sends_the_same_bytes_for_a_thousand_keys_as_for_one() {
    let server = PrivateServer::start(Engine::MySql, &[]);
    let proxy = mysql_proxy::Proxy::start("127.0.0.1", server.port).await;
    let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(1);
    let store = MySqlStore::new(pool.connect(&server.url_at(proxy.port)).await.unwrap());
    store.migrate().await.unwrap();
    let bytes = async || proxy.commands().iter().map(|command| command.bytes).sum();
    let bytes = assert_one_key_costs_the_same_bytes(&App::on_store(Arc::new(store), |config| config), bytes).await;
    assert!(bytes < 400, "{bytes}");
}

#[tokio::test]
async fn a_commit_to_redis_sends_the_same_bytes_for_a_thousand_keys_as_for_one() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let total = || {
        let stats = server.query("INFO stats");
        let line = stats.lines().find_map(|line| line.strip_prefix("total_net_input_bytes:")).unwrap();
        line.trim().parse::<usize>().unwrap()
    };
    // The size of the INFO command itself.
    let info_command = "INFO stats\r\n".len();
    let last = std::cell::Cell::new(total());
    let bytes = async || {
        let now = total();
        now - last.replace(now) - info_command
    };
    let bytes = assert_one_key_costs_the_same_bytes(&App::on_store(Arc::new(store), |config| config), bytes).await;
    assert!(bytes < 400, "{bytes}");
}
