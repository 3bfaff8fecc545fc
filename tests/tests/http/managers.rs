//! Tests of several managers in one application.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::Log;

use super::layers::{around, inside};
use super::*;

async fn app_with_cookie(kind: Kind, name: &str) -> App {
    let cookie = CookieConfig::new().secure(false).name(name).unwrap();
    App::with(kind, |config| config.cookie(cookie)).await
}

fn cookie_names(response: &Response) -> Vec<&str> {
    let mut names: Vec<_> = response.set_cookies().iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
    names.sort_unstable();
    names
}

pub(crate) async fn layers_of_two_managers_are_two_sessions(kind: Kind) {
    let (shop, admin) = (app(kind).await, app_with_cookie(kind, "admin").await);
    let inner = Router::new().route("/", get(inside)).layer(layer(&admin));
    let server = serve(Router::new().nest("/admin", inner).layer(from_fn(around)).layer(layer(&shop))).await;
    let response = server.get(&browser(), "/admin").await;
    assert_eq!(response.line(), "200 [None, Some(2)]");
    assert_eq!(response.headers["inside"], "0");
    assert_eq!(cookie_names(&response), ["admin", "id"]);
}

pub(crate) async fn a_layer_inside_of_another_managers_layer_uses_its_outer_session(kind: Kind) {
    async fn writes(mut session: Session, request: Request, next: Next) -> Result<axum::response::Response, Error> {
        session.insert("between", 3).await?;
        Ok(next.run(request).await)
    }
    let (shop, admin) = (app(kind).await, app_with_cookie(kind, "admin").await);
    let shop_inside = Router::new().route("/", get(inside)).layer(layer(&shop));
    let admin_between = Router::new().nest("/inner", shop_inside).layer(from_fn(writes)).layer(layer(&admin));
    let server = serve(admin_between.layer(from_fn(around)).layer(layer(&shop))).await;
    let response = server.get(&browser(), "/inner").await;
    assert_eq!(response.line(), "200 [Some(1), Some(2)]");
    assert_eq!(response.headers["inside"], "2", "the handler's session is the outer middleware's");
    assert_eq!(cookie_names(&response), ["admin", "id"]);
    assert_eq!((shop.spy.take_operations(), admin.spy.take_operations()), ("create".into(), "create".into()));
}

/// The warnings that name a cookie.
fn warnings(cookie: &str) -> Vec<String> {
    let field = format!("cookie=\"{cookie}\"");
    let log = Log::of_this_process().all();
    log.lines().filter(|line| line.contains("WARN") && line.contains(&field)).map(str::to_owned).collect()
}

async fn nested(outer: &App, inner: &App) -> Server {
    let inner = Router::new().route("/", get(async || "hello")).layer(layer(inner));
    serve(Router::new().nest("/inner", inner).layer(layer(outer))).await
}

#[tokio::test]
async fn two_managers_with_one_cookie_name_are_logged_once() {
    Log::of_this_process();
    let app = async || app_with_cookie(Kind::Memory, "shared").await;
    let (outer, inner, other) = (app().await, app().await, app().await);
    let server = nested(&outer, &inner).await;
    for _ in 0..3 {
        server.get(&browser(), "/inner").await;
    }
    let [warning] = &warnings("shared")[..] else { panic!("{:?}", warnings("shared")) };
    for word in ["inner_store=\"session_tests::spy::Spy\"", "outer_store=", "clone one manager", "CookieConfig::name"] {
        assert!(warning.contains(word), "{word}: {warning}");
    }
    nested(&outer, &other).await.get(&browser(), "/inner").await;
    assert_eq!(warnings("shared").len(), 2, "another pair of managers");
}

#[tokio::test]
async fn the_warning_about_two_managers_names_the_lines_that_created_them() {
    Log::of_this_process();
    let config = || {
        let cookie = CookieConfig::new().secure(false).name("lines").unwrap();
        SessionConfig::new(SecretKey::generate()).cookie(cookie)
    };
    let (outer_line, outer) = (line!(), SessionManager::new(MemoryStore::new(), config()));
    let (inner_line, inner) = (line!(), SessionManager::new(MemoryStore::new(), config()));
    let inside = Router::new().route("/", get(async || "hello")).layer(SessionLayer::new(inner));
    let server = serve(Router::new().nest("/inner", inside).layer(SessionLayer::new(outer))).await;
    server.get(&browser(), "/inner").await;
    let [warning] = &warnings("lines")[..] else { panic!("{:?}", warnings("lines")) };
    for (name, line) in [("inner", inner_line), ("outer", outer_line)] {
        let field = format!("{name}_created_at={}:{line}:", file!());
        assert!(warning.contains(&field), "{field} {warning}");
    }
}

#[tokio::test]
async fn two_managers_with_a_name_each_are_not_logged() {
    Log::of_this_process();
    let (outer, inner) = (app_with_cookie(Kind::Memory, "first").await, app_with_cookie(Kind::Memory, "second").await);
    nested(&outer, &inner).await.get(&browser(), "/inner").await;
    nested(&outer, &outer).await.get(&browser(), "/inner").await;
    assert_eq!([warnings("first"), warnings("second")], [const { Vec::<String>::new() }; 2]);
}
