//! Requests with cookies of tower-sessions, and with recorded rows of its store.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use session::store::MemoryStore;
use session::{IndexKey, SecretKey, Session, SessionConfig, SessionInfo, SessionManager};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::app::{app, config, old_sessions};
use super::browser::Browser;
use super::carry_over::{Data, OldSessions};
use super::rows::{damage, expire_in, recorded, remaining};
use super::{LIST, Pool};

// The ids of the recorded rows.
/// User 7, with tea and cups.
const DESKTOP: &str = "REQzMyIiERFERDMzIiIREQ";
/// User 7, with a phone.
const PHONE: &str = "iIh3d2ZmVVWIiHd3ZmZVVQ";
/// Nobody, with a pot.
const STRANGER: &str = "782riWdFIwHvzauJZ0UjAQ";
/// User 7, expired.
const EXPIRED: &str = "u7vMzN3d7n67u8zM3d3ufg";

const NEW_COOKIE: &str = "__Host-id";
const USER: IndexKey<u64> = IndexKey::declare("user.id");

struct Test {
    app: Router,
    rows: Pool,
    manager: SessionManager,
}

impl Test {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut OldSessions)) -> Self {
        let rows = recorded().await;
        let manager = SessionManager::new(MemoryStore::new(), config(SessionConfig::new(SecretKey::generate())));
        let mut old = old_sessions(rows.clone(), manager.clone());
        change(&mut old);
        Self { app: app(old), rows, manager }
    }

    fn browser(&self, old_id: &str) -> Browser {
        let mut browser = Browser::new(&self.app);
        browser.set_cookie("id", old_id);
        browser
    }

    async fn sessions_of_user_7(&self) -> usize {
        self.manager.find(USER, &7).await.unwrap().len()
    }
}

#[tokio::test]
async fn the_first_request_moves_the_session_with_its_index_entry() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
    assert!(browser.cookie(NEW_COOKIE).is_some());
    assert_eq!(test.sessions_of_user_7().await, 1);
    browser.remove_cookie("id");
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
}

#[tokio::test]
async fn all_json_values_are_moved_unchanged() {
    let test = Test::start().await;
    test.browser(DESKTOP).get("/").await;
    let id = test.manager.find(USER, &7).await.unwrap()[0].id;
    let numbers = test.manager.by_id(id).get_raw("numbers").await.unwrap().unwrap();
    let expected = r#"{"float":1.0,"large":18446744073709551615,"negative":-7,"none":null,"text":"Zoë ☕"}"#;
    assert_eq!(numbers.to_string(), expected);
}

#[tokio::test]
async fn parallel_first_requests_stay_logged_in_and_one_session_remains() {
    let test = Test::start().await;
    let (mut browser, mut parallel) = (test.browser(DESKTOP), test.browser(DESKTOP));
    let pages = tokio::join!(browser.get("/"), parallel.get("/"));
    assert_eq!((pages.0.as_str(), pages.1.as_str()), ("user 7: tea, cups", "user 7: tea, cups"));
    // The response that arrives last determines the cookie.
    browser.set_cookie(NEW_COOKIE, parallel.cookie(NEW_COOKIE).unwrap());
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
    assert!(remaining(&test.rows, DESKTOP).await.unwrap() <= 60);
    assert_eq!(test.browser(DESKTOP).get("/").await, "user 7: tea, cups", "for a minute, the row is still needed");
    expire_in(&test.rows, DESKTOP, -1).await;
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
    assert_eq!(browser.cookie("id"), None);
    assert_eq!(remaining(&test.rows, DESKTOP).await, None);
    assert_eq!(test.sessions_of_user_7().await, 1);
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
}

#[tokio::test]
async fn a_row_does_not_outlive_its_old_expiry() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    browser.get("/").await;
    expire_in(&test.rows, DESKTOP, 20).await;
    browser.get("/").await;
    assert!(remaining(&test.rows, DESKTOP).await.unwrap() <= 20);
}

#[tokio::test]
async fn an_expired_session_is_not_moved() {
    let test = Test::start().await;
    let mut browser = test.browser(EXPIRED);
    assert_eq!(browser.get("/").await, "nobody: ");
    assert_eq!(browser.cookie("id"), None);
    assert_eq!(browser.cookie(NEW_COOKIE), None);
}

#[tokio::test]
async fn the_remaining_time_of_a_remembered_session_is_kept() {
    let test = Test::start().await;
    let expiry = |sessions: &[SessionInfo]| sessions[0].expires.duration_since(sessions[0].created).unwrap();
    test.browser(DESKTOP).get("/").await;
    let year = Duration::from_hours(365 * 24);
    assert!(expiry(&test.manager.find(USER, &7).await.unwrap()) > 50 * year);

    let test = Test::start().await;
    expire_in(&test.rows, DESKTOP, 3600).await;
    test.browser(DESKTOP).get("/").await;
    assert_eq!(expiry(&test.manager.find(USER, &7).await.unwrap()), Duration::from_hours(24));
}

#[tokio::test]
async fn a_logout_in_the_first_request_deletes_the_row() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.post("/logout", "").await, "nobody: ");
    assert_eq!((browser.cookie("id"), browser.cookie(NEW_COOKIE)), (None, None));
    assert_eq!(remaining(&test.rows, DESKTOP).await, None);
    assert_eq!(test.browser(DESKTOP).get("/").await, "nobody: ", "a copy of the old cookie opens nothing");
    assert_eq!(test.sessions_of_user_7().await, 0);
}

#[tokio::test]
async fn a_later_logout_deletes_the_row_and_the_copies_of_parallel_requests() {
    let test = Test::start().await;
    let (mut browser, mut parallel) = (test.browser(DESKTOP), test.browser(DESKTOP));
    browser.get("/").await;
    parallel.get("/").await;
    browser.get("/").await;
    assert_eq!(browser.post("/logout", "").await, "nobody: ");
    assert_eq!((browser.cookie("id"), browser.cookie(NEW_COOKIE)), (None, None));
    assert_eq!(test.browser(DESKTOP).get("/").await, "nobody: ");
    assert_eq!(parallel.get("/").await, "nobody: ");
    assert_eq!(test.sessions_of_user_7().await, 0);
}

/// The rows of the next test, for a logout between the load of a row and its move.
static ROWS: OnceLock<Pool> = OnceLock::new();

fn convert_during_a_logout(_: &mut Session, data: Data, _: Duration) -> Data {
    let log_out = || Handle::current().block_on(expire_in(ROWS.get().unwrap(), DESKTOP, -1));
    block_in_place(log_out);
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_during_the_move_wins() {
    let test = Test::start_with(|old| old.convert = convert_during_a_logout).await;
    ROWS.set(test.rows.clone()).unwrap();
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.get("/").await, "nobody: ");
    assert_eq!((browser.cookie("id"), browser.cookie(NEW_COOKIE)), (None, None));
    assert_eq!(test.sessions_of_user_7().await, 0);
}

#[tokio::test]
async fn a_login_of_axum_login_is_moved_with_its_index_entry() {
    let test = Test::start_with(|old| {
        old.convert = |_, mut data, _| {
            if let Some(user) =
                data.remove("axum-login.data").and_then(|mut login| login.get_mut("user_id").map(Value::take))
            {
                data.insert("user.id".to_owned(), user);
            }
            data
        };
    });
    let test = test.await;
    assert_eq!(test.browser(&axum_login_id(&test.rows).await).get("/").await, "user 7: ");
    assert_eq!(test.sessions_of_user_7().await, 1);
}

/// The one recorded row that none of the constants names.
async fn axum_login_id(rows: &Pool) -> String {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(LIST).bind("").fetch_all(rows).await.unwrap();
    let mut ids = rows.into_iter().map(|(id, _)| id);
    ids.find(|id| ![DESKTOP, PHONE, STRANGER, EXPIRED].contains(&id.as_str())).unwrap()
}

#[tokio::test]
async fn a_revoked_session_is_not_revived_by_its_old_cookie() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    browser.get("/").await;
    test.manager.revoke_all(USER, &7, None).await.unwrap();
    assert_eq!(browser.get("/").await, "nobody: ");
    assert_eq!(remaining(&test.rows, DESKTOP).await, None);
    assert_eq!(browser.get("/").await, "nobody: ");
}

#[tokio::test]
async fn a_logout_on_all_devices_deletes_the_rows_that_are_not_moved() {
    let test = Test::start().await;
    assert_eq!(test.browser(DESKTOP).post("/logout-everywhere", "").await, "nobody: ");
    assert_eq!(test.browser(PHONE).get("/").await, "nobody: ");
    assert_eq!(remaining(&test.rows, PHONE).await, None);
    assert_eq!(test.browser(STRANGER).get("/").await, "nobody: pot", "the session of another visitor");
}

#[tokio::test]
async fn a_login_of_another_user_deletes_the_row() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.post("/login", "user=8").await, "user 8: ");
    assert_eq!(remaining(&test.rows, DESKTOP).await, None);
    assert_eq!(browser.get("/").await, "user 8: ");
}

#[tokio::test]
async fn a_visitor_who_logs_in_keeps_the_old_cart() {
    let test = Test::start().await;
    let mut browser = test.browser(STRANGER);
    assert_eq!(browser.post("/login", "user=8").await, "user 8: pot");
    assert_eq!(browser.get("/").await, "user 8: pot");
}

#[tokio::test]
async fn a_visit_without_the_old_cookie_does_not_log_out() {
    let test = Test::start().await;
    // A link on another site: browsers do not send the cookie of tower-sessions, which is `SameSite=Strict`.
    let mut browser = Browser::new(&test.app);
    assert_eq!(browser.post("/visit", "").await, "nobody: advertised");
    let planted = browser.clone();
    browser.set_cookie("id", DESKTOP);
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
    assert_eq!(planted.clone().get("/").await, "nobody: ", "the token from before opens nothing");
}

#[tokio::test]
async fn a_planted_old_cookie_does_not_replace_a_login() {
    let test = Test::start().await;
    let mut browser = Browser::new(&test.app);
    assert_eq!(browser.post("/login", "user=8").await, "user 8: ");
    browser.set_cookie("id", DESKTOP);
    assert_eq!(browser.get("/").await, "user 8: ");
    assert_eq!(browser.cookie("id"), None);
}

#[tokio::test]
async fn a_failed_first_request_moves_the_session() {
    let test = Test::start().await;
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.status(Method::POST, "/fail").await, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(browser.cookie(NEW_COOKIE).is_some());
    assert_eq!(browser.get("/").await, "user 7: tea, cups");
}

#[tokio::test]
async fn an_unreadable_row_is_logged_without_its_values_and_starts_a_new_visitor() {
    let test = Test::start().await;
    damage(&test.rows, DESKTOP).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.get("/").await, "nobody: ");
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("ERROR") && log.contains("an old session is unreadable"), "{log}");
    assert!(!log.contains("tea") && !log.contains(&DESKTOP[..8]), "{log}");
    assert!(remaining(&test.rows, DESKTOP).await.is_some(), "the row can still be repaired");
    assert_eq!(browser.post("/login", "user=8").await, "user 8: ");
}

#[tokio::test]
async fn without_the_old_database_nobody_is_logged_out() {
    let test = Test::start().await;
    test.rows.close().await;
    let mut browser = test.browser(DESKTOP);
    assert_eq!(browser.status(Method::GET, "/").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((browser.cookie("id"), browser.cookie(NEW_COOKIE)), (Some(DESKTOP), None));
    assert_eq!(Browser::new(&test.app).get("/").await, "nobody: ", "requests without an old cookie do not need it");
}

#[tokio::test]
async fn cookies_that_are_no_ids_are_ignored() {
    let test = Test::start().await;
    for value in ["", "short", "REQzMyIiERFERDMzIiIREQQ", "%00%00%00%00%00%00%00%00%00%00%00"] {
        let mut browser = test.browser(value);
        assert_eq!(browser.get("/").await, "nobody: ");
        assert_eq!(browser.cookie("id"), Some(value), "it may belong to another application");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
