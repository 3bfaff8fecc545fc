//! Servers that are there and refuse: out of connections, out of memory, read-only.

use std::time::Duration;

use session::store::{MySqlStore, PostgresStore, RedisStore};
use session::{ErrorKind, Session};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, Column};
use sqlx::{Connection, MySqlConnection, PgConnection};

use super::super::request::{sees, the_next_requests_work};
use super::outages::app;

/// Commits a write of this browser's, and says what went wrong in the store's own words.
async fn refused_write(app: &App, browser: &Browser) -> String {
    let mut session = app.open(browser);
    session.insert("b", 2).await.unwrap();
    refused(app, session).await
}

async fn refused(app: &App, session: Session) -> String {
    let error = app.finalize(session, &mut Browser::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    std::error::Error::source(&error).expect("the cause is told").to_string()
}

async fn refused_read(app: &App, browser: &Browser) -> String {
    let error = app.open(browser).get::<u64>("a").await.unwrap_err();
    assert_eq!((error.kind(), &*error.to_string()), (ErrorKind::Store, "the session store failed to load the session"));
    std::error::Error::source(&error).expect("the cause is told").to_string()
}

/// While it is refused what it writes, a browser can still read; afterwards everything works, and nothing was stored.
async fn only_writes_are_refused(app: &App, browser: &Browser, words: &str) {
    let cause = refused_write(app, browser).await;
    assert!(cause.contains(words), "{cause}");
    let mut visitor = app.open(&Browser::default());
    visitor.insert("b", 2).await.unwrap();
    let cause = refused(app, visitor).await;
    assert!(cause.contains(words), "{cause}");
    assert_eq!(sees(app, browser).await.0, "a=1", "reads go on");
}

async fn everything_works(app: &App, browser: Browser) {
    assert_eq!(sees(app, &browser).await.0, "a=1", "nothing was stored");
    the_next_requests_work(app, browser, "a=1").await;
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn a_server_out_of_connections_is_an_error_until_some_are_free() {
        let server = PrivateServer::start(Engine::Postgres, &["-c", "max_connections=8"]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        server.tell("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'shop'");
        let mut held = Vec::new();
        while let Ok(connection) = PgConnection::connect(&server.url()).await {
            held.push(connection);
        }
        assert!(held.len() >= 4, "{}", held.len());
        for cause in [refused_read(&app, &browser).await, refused_write(&app, &browser).await] {
            assert!(cause.contains("no connection could be had"), "{cause}");
        }
        let cause = PostgresStore::connect(&server.url()).await.unwrap_err();
        assert!(format!("{cause:?}").contains("53300"), "{cause:?}");
        for connection in held {
            connection.close().await.unwrap();
        }
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_read_only_server_rejects_writes_until_it_is_writable() {
        let server = PrivateServer::start(Engine::Postgres, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        let turn = async |read_only: &str| {
            // Until the pool has its connections back: one that is ended while the pool tries it is taken for sound.
            tokio::time::sleep(Duration::from_millis(100)).await;
            server.tell(&format!("ALTER SYSTEM SET default_transaction_read_only = {read_only}"));
            server.tell("SELECT pg_reload_conf()");
            let mut asked = 0;
            while server.tell("SHOW default_transaction_read_only") != read_only {
                asked += 1;
                assert!(asked < 200, "it does not turn {read_only}");
            }
            // Every process reads it for itself: the connections from before would be late.
            server.tell("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'shop'");
        };
        turn("on").await;
        // The first one may meet the connection that was closed.
        _ = sees(&app, &browser).await;
        only_writes_are_refused(&app, &browser, "(SQLSTATE 25006)").await;
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
        let browser = Column::Live.browser(&app).await;
        let ids = server.tell("SELECT id FROM information_schema.processlist WHERE user = 'shop'");
        let kills: Vec<_> = ids.lines().map(|id| format!("KILL {id}")).collect();
        server.tell(&kills.join("; "));
        let mut held = Vec::new();
        for _ in 0..20 {
            match MySqlConnection::connect(&server.url()).await {
                Ok(connection) => held.push(connection),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        assert!(held.len() >= 9, "{}", held.len());
        for cause in [refused_read(&app, &browser).await, refused_write(&app, &browser).await] {
            assert!(cause.contains("Too many connections") || cause.contains("no answer within"), "{cause}");
        }
        let cause = MySqlStore::connect(&server.url()).await.unwrap_err();
        assert!(format!("{cause:?}").contains("Too many connections"), "{cause:?}");
        for connection in held {
            connection.close().await.unwrap();
        }
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_read_only_server_rejects_writes_until_it_is_writable() {
        let server = PrivateServer::start(Engine::MySql, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        server.tell("SET GLOBAL read_only = 1");
        only_writes_are_refused(&app, &browser, "--read-only").await;
        server.tell("SET GLOBAL read_only = 0");
        everything_works(&app, browser).await;
    }
}

mod redis {
    use super::*;

    #[tokio::test]
    async fn a_server_out_of_connections_is_an_error_until_some_are_free() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        let client = ::redis::Client::open(server.url()).unwrap();
        let mut only_one = client.get_multiplexed_async_connection().await.unwrap();
        for command in ["CONFIG SET maxclients 1", "CLIENT KILL TYPE normal SKIPME yes"] {
            let mut words = command.split(' ');
            let mut command = ::redis::cmd(words.next().unwrap());
            words.for_each(|word| _ = command.arg(word));
            _ = command.query_async::<::redis::Value>(&mut only_one).await.unwrap();
        }
        // In the server's words, or in those of the system if it has hung up before it was asked.
        refused_read(&app, &browser).await;
        refused_write(&app, &browser).await;
        drop(only_one);
        // Until it has seen that.
        let mut refusals = 0;
        while client.get_multiplexed_async_connection().await.is_err() {
            refusals += 1;
            assert!(refusals < 500);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn a_server_out_of_memory_rejects_writes_and_still_logs_out() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        let mut leaving = Column::Live.browser(&app).await;
        server.tell("CONFIG SET maxmemory 1");
        only_writes_are_refused(&app, &browser, "OOM").await;
        let mut session = app.open(&leaving);
        session.invalidate();
        app.finalize(session, &mut leaving).await.unwrap();
        assert!(leaving.cookies.is_empty());
        server.tell("CONFIG SET maxmemory 0");
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn running_out_of_memory_during_a_change_stores_all_or_nothing() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        let used = |server: &PrivateServer| -> u64 {
            let memory = server.tell("INFO memory");
            memory.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap()
        };
        let (mut stored, mut refused) = (0, 0);
        for room in [0, 20_000, 60_000, 200_000, 2_000_000] {
            server.tell(&format!("CONFIG SET maxmemory {}", used(&server) + room));
            let mut session = app.open(&browser);
            for key in 0..1_000 {
                session.insert(format!("{room} {key}"), "x".repeat(100)).await.unwrap();
            }
            let result = app.finalize(session, &mut browser.clone()).await;
            server.tell("CONFIG SET maxmemory 0");
            let keys = app.open(&browser).entries().await.unwrap();
            let of_it = keys.keys().filter(|key| key.starts_with(&format!("{room} "))).count();
            assert_eq!(of_it, if result.is_ok() { 1_000 } else { 0 }, "with room for {room} bytes");
            if result.is_ok() { stored += 1 } else { refused += 1 }
        }
        assert!(stored > 0 && refused > 0, "{stored} {refused}");
    }

    #[tokio::test]
    async fn a_server_that_becomes_a_replica_rejects_writes_until_it_is_primary_again() {
        let server = PrivateServer::start(Engine::Redis, &[]);
        let app = app(&server).await;
        let browser = Column::Live.browser(&app).await;
        // Nobody listens there: it keeps what it has.
        server.tell("REPLICAOF 127.0.0.1 1");
        only_writes_are_refused(&app, &browser, "READONLY").await;
        server.tell("REPLICAOF NO ONE");
        everything_works(&app, browser).await;
    }

    #[tokio::test]
    async fn an_evicting_server_evicts_only_whole_sessions() {
        let server = PrivateServer::start(Engine::Redis, &["--maxmemory-policy", "allkeys-random"]);
        let app = App::over(std::sync::Arc::new(RedisStore::connect(&server.url()).await.unwrap()), |config| config);
        let mut browsers = Vec::new();
        for _ in 0..50 {
            browsers.push(Column::Live.browser(&app).await);
        }
        server.tell("CONFIG SET maxmemory 1");
        let mut session = app.open(&Browser::default());
        session.insert("b", 2).await.unwrap();
        assert!(app.finalize(session, &mut Browser::default()).await.is_err(), "nothing is left to evict");
        server.tell("CONFIG SET maxmemory 0");
        for browser in browsers {
            let (seen, _) = sees(&app, &browser).await;
            assert!(seen == "a=1" || seen == "nothing", "{seen}");
            the_next_requests_work(&app, browser, &seen).await;
        }
    }
}
