//! Tests of whole requests: a real server, its session layer, and an HTTP client with a cookie jar.
//!
//! Tests with a type parameter `F: Framework` run on every framework. `axum_only/` has the tests of axum's and tower's own types.

/// Runs each `async fn test<F: Framework>(kind: Kind)` with each framework: axum on every store, further ones on memory and
/// SQLite. The tests after `in memory:` run only on the memory store.
macro_rules! on_every_server {
    ($($name:ident),* $(,)? $(; in memory: $($memory:ident),* $(,)?)?) => {
        mod axum {
            mod memory {
                on_one_server!(Axum, Memory: $($name)* $($($memory)*)?);
            }

            on_stores!(Axum { sqlite: Sqlite, postgres: Postgres, mysql: MySql, redis: Redis } [$($name)*]);
        }

        mod actix {
            mod memory {
                on_one_server!(Actix, Memory: $($name)* $($($memory)*)?);
            }

            on_stores!(Actix { sqlite: Sqlite } [$($name)*]);
        }
    };
}

macro_rules! on_stores {
    ($framework:ident { $($store:ident: $kind:ident),* } $names:tt) => {$(
        mod $store {
            on_one_server!(@ $framework, $kind: $names);
        }
    )*};
}

macro_rules! on_one_server {
    (@ $framework:ident, $kind:ident: [$($name:ident)*]) => {
        on_one_server!($framework, $kind: $($name)*);
    };
    ($framework:ident, $kind:ident: $($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            super::super::$name::<crate::frameworks::$framework>(session_tests::Kind::$kind).await;
        }
    )*};
}

mod axum_only;
mod commits;
mod cookies;
mod failed_requests;
mod frameworks;
mod handlers;
mod managers;
mod outcomes;
mod requests;
mod responses;
mod scopes;

use http::{HeaderMap, StatusCode, header};
use reqwest::Client;
use session::{CookieConfig, Error, Session};
use session_framework_cases::{Handler, Parameters, Reply, Route};
use session_tests::{App, Kind};

use self::frameworks::{Framework, Layer, Scope, Server};

impl Server {
    async fn get(&self, client: &Client, path: &str) -> Response {
        let response = client.get(self.url(path)).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Response { status, headers, body: response.text().await.unwrap() }
    }
}

#[derive(Debug)]
struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Response {
    fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The status and the body in one line.
    fn line(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.body).trim_end().to_owned()
    }
}

/// An application without secure cookies, because the client does not send them over plain HTTP.
async fn app(kind: Kind) -> App {
    App::with(kind, |config| config.cookie(CookieConfig::new().secure(false))).await
}

fn layer(app: &App) -> Layer {
    Layer::new(app.manager.clone())
}

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn without_cookies() -> Client {
    Client::builder().build().unwrap()
}

/// The routes of most tests inside of the layer of an application, with routes of the test.
async fn serve<F: Framework>(app: &App, more: impl IntoIterator<Item = Route>) -> Server {
    F::serve(scope(more).layer(layer(app))).await
}

/// The routes of most tests, with routes of the test.
fn scope(more: impl IntoIterator<Item = Route>) -> Scope {
    Scope::new(routes().into_iter().chain(more).collect())
}

fn routes() -> Vec<Route> {
    let cycle = async |mut session: Session, _| {
        session.cycle_id();
        Ok(())
    };
    let log_out = async |mut session: Session, _| {
        session.invalidate();
        Ok(())
    };
    vec![
        Route::get("/", Handler::plain(async |_| Ok("hello"))),
        Route::get("/read/{key}", Handler::session(read)),
        Route::get("/write/{key}/{value}", Handler::session(write)),
        Route::get("/visits", Handler::session(async |session, _| visits(session).await)),
        Route::get("/cycle", Handler::session(cycle)),
        Route::get("/logout", Handler::session(log_out)),
    ]
}

async fn read(session: Session, parameters: Parameters) -> Result<String, Error> {
    let [key] = parameters.last();
    Ok(format!("{:?}", session.get::<u64>(key).await?))
}

async fn write(mut session: Session, parameters: Parameters) -> Result<(), Error> {
    let [key, value] = parameters.last();
    session.insert(key.to_owned(), value.parse::<u64>().unwrap()).await
}

async fn visits(mut session: Session) -> Result<String, Error> {
    let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1)).await?;
    Ok(format!("visit {visits}"))
}
