//! Tests of servers that reject operations: out of connections, out of memory, read-only.

use std::time::Duration;

use session::store::{MySqlStore, PostgresStore, RedisStore};
use session::{ErrorKind, Session};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, CookieState};
use sqlx::{Connection, MySqlConnection, PgConnection};

use super::super::request::{assert_next_requests_work, sees};
use super::outages::app;

/// Commits a write of this browser, and returns the error of the store.
async fn rejected_write(app: &App, browser: &Browser) -> String {
    let mut session = app.open(browser);
    session.insert("b", 2).await.unwrap();
    rejected(app, session).await
}

async fn rejected(app: &App, session: Session) -> String {
    let error = app.finalize(session, &mut Browser::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    std::error::Error::source(&error).expect("the error has a source").to_string()
}

async fn rejected_read(app: &App, browser: &Browser) -> String {
    let error = app.open(browser).get::<u64>("a").await.unwrap_err();
    assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Store, "failed to load the session"));
    std::error::Error::source(&error).expect("the error has a source").to_string()
}

/// Checks that writes fail, reads succeed, and nothing was stored.
async fn only_writes_are_rejected(app: &App, browser: &Browser, words: &str) {
    let cause = rejected_write(app, browser).await;
    assert!(cause.contains(words), "{cause}");
    let mut visitor = app.open(&Browser::default());
    visitor.insert("b", 2).await.unwrap();
    let cause = rejected(app, visitor).await;
    assert!(cause.contains(words), "{cause}");
    assert_eq!(sees(app, browser).await.0, "a=1", "reads succeed");
}

async fn everything_works(app: &App, browser: Browser) {
    assert_eq!(sees(app, &browser).await.0, "a=1", "nothing was stored");
    assert_next_requests_work(app, browser, "a=1").await;
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn a_server_out_of_connections_is_an_error_until_some_are_free() {
        let server = PrivateServer::start(Engine::Postgres, &["-c", "max_connections=8"]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        server.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'shop'");
        let mut connections = Vec::new();
        while let Ok(connection) = PgConnection::connect(&server.url()).await {
            connections.push(connection);
        }
        assert!(connections.len() >= 4, "{}", connections.len());
        for cause in [rejected_read(&app, &browser).await, rejected_write(&app, &browser).await] {
            assert!(cause.contains("53300"), "{cause}");
        }
        let cause = PostgresStore::connect(&server.url()).await.unwrap_err();
        assert!(format!("{cause:?}").contains("53300"), "{cause:?}");
        for connection in connections {
            connection.close().await.unwrap();
        }
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_read_only_server_rejects_writes_until_it_is_writable() {
        let server = PrivateServer::start(Engine::Postgres, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        let turn = async |read_only: &str| {
            server.query(&format!("ALTER SYSTEM SET default_transaction_read_only = {read_only}"));
            server.query("SELECT pg_reload_conf()");
            let mut queries = 0;
            while server.query("SHOW default_transaction_read_only") != read_only {
                queries += 1;
                assert!(queries < 200, "the setting does not become {read_only}");
            }
            // Every process reads the setting by itself, so existing connections would be late.
            server.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'shop'");
        };
        turn("on").await;
        // The first read may get a closed connection.
        _ = sees(&app, &browser).await;
        only_writes_are_rejected(&app, &browser, "(SQLSTATE 25006)").await;
        turn("off").await;
        everything_works(&app, browser).await;
    }
}

mod mysql {
    use super::*;

    #[tokio::test]
    async fn a_server_out_of_connections_is_an_error_until_some_are_free() {
        let server = PrivateServer::start(Engine::MySql, &["--max-connections=10"]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        let ids = server.query("SELECT id FROM information_schema.processlist WHERE user = 'shop'");
        let kills: Vec<_> = ids.lines().map(|id| format!("KILL {id}")).collect();
        server.query(&kills.join("; "));
        let mut connections = Vec::new();
        for _ in 0..20 {
            match MySqlConnection::connect(&server.url()).await {
                Ok(connection) => connections.push(connection),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        assert!(connections.len() >= 9, "{}", connections.len());
        for cause in [rejected_read(&app, &browser).await, rejected_write(&app, &browser).await] {
            assert!(cause.contains("Too many connections"), "{cause}");
        }
        let cause = MySqlStore::connect(&server.url()).await.unwrap_err();
        assert!(format!("{cause:?}").contains("Too many connections"), "{cause:?}");
        for connection in connections {
            connection.close().await.unwrap();
        }
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_read_only_server_rejects_writes_until_it_is_writable() {
        let server = PrivateServer::start(Engine::MySql, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        server.query("SET GLOBAL read_only = 1");
        only_writes_are_rejected(&app, &browser, "--read-only").await;
        server.query("SET GLOBAL read_only = 0");
        everything_works(&app, browser).await;
    }
}

mod redis {
    use super::*;

    #[tokio::test]
    async fn a_server_out_of_connections_is_an_error_until_some_are_free() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        let client = ::redis::Client::open(server.url()).unwrap();
        let mut only_connection = client.get_multiplexed_async_connection().await.unwrap();
        for command in ["CONFIG SET maxclients 1", "CLIENT KILL TYPE normal SKIPME yes"] {
            let mut words = command.split(' ');
            let mut command = ::redis::cmd(words.next().unwrap());
            words.for_each(|word| _ = command.arg(word));
            _ = command.query_async::<::redis::Value>(&mut only_connection).await.unwrap();
        }
        // The error comes from the server, or from the system if the server closed the connection first.
        rejected_read(&app, &browser).await;
        rejected_write(&app, &browser).await;
        drop(only_connection);
        // Until the server has noticed the closed connection.
        let mut failures = 0;
        while client.get_multiplexed_async_connection().await.is_err() {
            failures += 1;
            assert!(failures < 500);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_server_out_of_memory_rejects_writes_and_still_logs_out() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        let mut logged_in = CookieState::Live.browser(&app).await;
        server.query("CONFIG SET maxmemory 1");
        only_writes_are_rejected(&app, &browser, "OOM").await;
        let mut session = app.open(&logged_in);
        session.invalidate();
        app.finalize(session, &mut logged_in).await.unwrap();
        assert!(logged_in.cookies.is_empty());
        server.query("CONFIG SET maxmemory 0");
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn running_out_of_memory_during_a_change_stores_all_or_nothing() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        let used = |server: &PrivateServer| -> u64 {
            let memory = server.query("INFO memory");
            memory.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap()
        };
        let (mut stored, mut rejected) = (0, 0);
        for free in [0, 20_000, 60_000, 200_000, 2_000_000] {
            server.query(&format!("CONFIG SET maxmemory {}", used(&server) + free));
            let mut session = app.open(&browser);
            for key in 0..1_000 {
                session.insert(format!("{free} {key}"), "x".repeat(100)).await.unwrap();
            }
            let result = app.finalize(session, &mut browser.clone()).await;
            server.query("CONFIG SET maxmemory 0");
            let keys = app.open(&browser).entries().await.unwrap();
            let new_keys = keys.keys().filter(|key| key.starts_with(&format!("{free} "))).count();
            assert_eq!(new_keys, if result.is_ok() { 1_000 } else { 0 }, "with {free} free bytes");
            if result.is_ok() { stored += 1 } else { rejected += 1 }
        }
        assert!(stored > 0 && rejected > 0, "{stored} {rejected}");
    }

    #[tokio::test]
    async fn a_server_that_becomes_a_replica_rejects_writes_until_it_is_primary_again() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = CookieState::Live.browser(&app).await;
        // No server listens on this port, so the data remains.
        server.query("REPLICAOF 127.0.0.1 1");
        only_writes_are_rejected(&app, &browser, "READONLY").await;
        server.query("REPLICAOF NO ONE");
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn an_evicting_server_evicts_only_whole_sessions() {
        let server = PrivateServer::start(Engine::Redis, &["--maxmemory-policy", "allkeys-random"]);
        let app =
            App::on_store(std::sync::Arc::new(RedisStore::connect(&server.url()).await.unwrap()), |config| config);
        let mut browsers = Vec::new();
        for _ in 0..50 {
            browsers.push(CookieState::Live.browser(&app).await);
        }
        server.query("CONFIG SET maxmemory 1");
        let mut session = app.open(&Browser::default());
        session.insert("b", 2).await.unwrap();
        assert!(app.finalize(session, &mut Browser::default()).await.is_err(), "nothing is left to evict");
        server.query("CONFIG SET maxmemory 0");
        for browser in browsers {
            let (seen, _) = sees(&app, &browser).await;
            assert!(seen == "a=1" || seen == "nothing", "{seen}");
            assert_next_requests_work(&app, browser, &seen).await;
        }
    }
}
