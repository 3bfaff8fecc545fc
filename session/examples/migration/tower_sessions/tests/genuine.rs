//! Cookies and rows of the real crates of tower-sessions, moved by the example.

#[path = "../../app.rs"]
mod app;
#[path = "../../carry_over.rs"]
mod carry_over;
#[path = "../../delete_rows.rs"]
mod delete_rows;
#[path = "../../sqlite.rs"]
mod sqlite;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use axum::{Router, routing::get};
use cookie::{Cookie, CookieJar, Key};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};
use session_example_migration::{first_cookie, records};
use sqlx::sqlite::SqlitePoolOptions;
use tempfile::TempDir;
use tower::ServiceExt;
use tower_sessions::{Session, SessionManagerLayer, SessionStore};
use tower_sessions_sqlx_store::SqliteStore;
use tower_sessions_sqlx_store::sqlx as old_sqlx;

use self::carry_over::OldSessions;
use self::sqlite::{DELETE, DELETE_SOON, LIST, LOAD, Pool};

/// A database file that both applications open, each with its sqlx.
struct Test {
    folder: TempDir,
    store: SqliteStore,
}

impl Test {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = old_sqlx::sqlite::SqliteConnectOptions::new();
        let options = options.filename(folder.path().join("sessions.db")).create_if_missing(true);
        let store = SqliteStore::new(old_sqlx::SqlitePool::connect_with(options).await.unwrap());
        store.migrate().await.unwrap();
        Self { folder, store }
    }

    #[expect(clippy::unused_self, reason = "the old application belongs to a test")]
    fn old_app(&self) -> Router {
        Router::new().route("/", get(add_to_cart)).route("/cart", get(cart))
    }

    /// Sends a first request with this cookie to the new application, and returns the page.
    async fn move_session(&self, cookie: &str, change: impl FnOnce(&mut OldSessions)) -> String {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("sessions.db"));
        let rows = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        let config = app::config(SessionConfig::new(SecretKey::generate()));
        let mut old = app::old_sessions(rows, SessionManager::new(MemoryStore::new(), config));
        change(&mut old);
        page(app::app(old), "/", cookie).await
    }
}

async fn page(app: Router, path: &str, cookie: &str) -> String {
    let request = Request::builder().uri(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert!(response.status().is_success());
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().into()).unwrap()
}

async fn add_to_cart(session: Session) {
    session.insert("user.id", 7).await.unwrap();
    session.insert("cart", ["tea", "cups"]).await.unwrap();
}

async fn cart(session: Session) -> String {
    session.get::<Vec<String>>("cart").await.unwrap().unwrap_or_default().join(", ")
}

fn signed(key: &Key, jar: &CookieJar) -> Option<Cookie<'static>> {
    jar.signed(key).get("id")
}

fn private(key: &Key, jar: &CookieJar) -> Option<Cookie<'static>> {
    jar.private(key).get("id")
}

#[tokio::test]
async fn a_plain_cookie_opens_its_row() {
    let test = Test::start().await;
    let layer = SessionManagerLayer::new(test.store.clone());
    let cookie = first_cookie(test.old_app().layer(layer.clone())).await;
    assert_eq!(test.move_session(&cookie, |_| {}).await, "user 7: tea, cups");
    // The row is unchanged: a server with the old release still serves the session.
    assert_eq!(page(test.old_app().layer(layer), "/cart", &cookie).await, "tea, cups");
}

#[tokio::test]
async fn a_signed_cookie_opens_its_row_and_a_forged_one_does_not() {
    let (test, key) = (Test::start().await, Key::generate());
    let layer = SessionManagerLayer::new(test.store.clone()).with_signed(key.clone());
    let cookie = first_cookie(test.old_app().layer(layer)).await;
    let read = |key: Key| move |old: &mut OldSessions| old.read_cookie = Box::new(move |jar| signed(&key, jar));
    assert_eq!(test.move_session(&cookie, |_| {}).await, "nobody: ", "without the key");
    assert_eq!(test.move_session(&cookie, read(Key::generate())).await, "nobody: ", "with another key");
    let id = cookie.get(cookie.len() - 22..).unwrap();
    assert_eq!(test.move_session(&format!("id={id}"), read(key.clone())).await, "nobody: ", "without the signature");
    assert_eq!(test.move_session(&cookie, read(key)).await, "user 7: tea, cups");
}

#[tokio::test]
async fn a_private_cookie_opens_its_row() {
    let (test, key) = (Test::start().await, Key::generate());
    let layer = SessionManagerLayer::new(test.store.clone()).with_private(key.clone());
    let cookie = first_cookie(test.old_app().layer(layer)).await;
    assert_eq!(test.move_session(&cookie, |_| {}).await, "nobody: ", "without the key");
    let read = move |old: &mut OldSessions| old.read_cookie = Box::new(move |jar| private(&key, jar));
    assert_eq!(test.move_session(&cookie, read).await, "user 7: tea, cups");
}

#[tokio::test]
async fn the_old_library_still_serves_a_session_whose_move_began() {
    let test = Test::start().await;
    let layer = SessionManagerLayer::new(test.store.clone());
    let cookie = first_cookie(test.old_app().layer(layer.clone())).await;
    let pool = old_sqlx::SqlitePool::connect_with(
        old_sqlx::sqlite::SqliteConnectOptions::new().filename(test.folder.path().join("sessions.db")),
    );
    let shortened =
        old_sqlx::query(DELETE_SOON).bind(cookie.strip_prefix("id=").unwrap()).execute(&pool.await.unwrap()).await;
    assert_eq!(shortened.unwrap().rows_affected(), 1);
    assert_eq!(page(test.old_app().layer(layer), "/cart", &cookie).await, "tea, cups", "for one more minute");
}

#[tokio::test]
async fn the_recorded_rows_are_those_of_the_real_store() {
    let pool = old_sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    old_sqlx::raw_sql(include_str!("../../rows/sqlite.sql")).execute(&pool).await.unwrap();
    let recorded = SqliteStore::new(pool);
    let test = Test::start().await;
    for mut record in records() {
        test.store.create(&mut record).await.unwrap();
        let expected = test.store.load(&record.id).await.unwrap();
        assert_eq!(recorded.load(&record.id).await.unwrap(), expected);
    }
}
