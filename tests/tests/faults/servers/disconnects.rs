//! Tests of clients that disconnect while a server hangs. Each leaves an unusable connection in the pool.

use std::sync::Arc;
use std::time::Duration;

use session::store::{MySqlStore, PostgresStore, SessionStore};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, CookieState, Request, outcome};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;

use super::super::disconnects::{send, serve};
use super::super::request::sees;

/// A store with a pool of two connections.
async fn small(server: &PrivateServer) -> Arc<dyn SessionStore> {
    let url = server.url();
    match server.engine {
        Engine::Postgres => {
            let pool = PgPoolOptions::new().test_before_acquire(false).max_connections(2).connect(&url).await.unwrap();
            let store = PostgresStore::new(pool);
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        Engine::MySql => {
            let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(2).connect(&url);
            let store = MySqlStore::new(pool.await.unwrap());
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        Engine::Redis => server.store(Duration::from_secs(5)).await,
    }
}

async fn disconnects_leak_no_connection(engine: Engine) {
    let server = PrivateServer::start(engine, &[]);
    let app = App::on_store(small(&server).await, |config| config);
    let mut browsers: Vec<Browser> = Vec::new();
    for _ in 0..12 {
        browsers.push(CookieState::Live.browser(&app).await);
    }
    let requests = [Request::Writes, Request::Reads, Request::LogsIn, Request::Updates];
    server.pause();
    for (browser, request) in browsers.iter().zip(requests.into_iter().cycle()) {
        let http = serve(&app, request).await;
        app.spy.take_operations();
        let client = send(&http, browser).await;
        while app.spy.take_operations().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        drop(client);
        // Until the request is cancelled, together with its position in the queue for a connection.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.resume();
    for (mut browser, request) in browsers.into_iter().zip(requests.into_iter().cycle()) {
        let mut session = app.open(&browser);
        session.cycle_id();
        session.insert("d", 4).await.unwrap();
        assert_eq!(outcome(&app.finalize(session, &mut browser).await), "ok", "{request:?}");
        let (seen, _) = sees(&app, &browser).await;
        assert!(["a=1 d=4", "a=1 b=2 d=4", "a=9 d=4", "d=4"].contains(&&*seen), "{request:?}: {seen}");
    }
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn disconnects_during_a_hanging_server_leak_no_connection() {
        disconnects_leak_no_connection(Engine::Postgres).await;
    }
}

mod mysql {
    use super::*;

    #[tokio::test]
    async fn disconnects_during_a_hanging_server_leak_no_connection() {
        disconnects_leak_no_connection(Engine::MySql).await;
    }
}

mod redis {
    use super::*;

    #[tokio::test]
    async fn disconnects_during_a_hanging_server_leak_no_connection() {
        disconnects_leak_no_connection(Engine::Redis).await;
    }
}
