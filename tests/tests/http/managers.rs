//! Tests of several managers in one application.

use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::Log;

use super::frameworks::{Middleware, Refusal};
use super::scopes::{inner, middleware};
use super::*;

on_every_server!(
    layers_of_two_managers_are_two_sessions,
    a_layer_inside_of_another_managers_layer_uses_its_outer_session;
    in memory: two_managers_with_one_cookie_name_are_logged_once,
    the_warning_about_two_managers_names_the_lines_that_created_them,
    two_managers_with_a_name_each_are_not_logged,
);

async fn app_with_cookie(kind: Kind, name: &str) -> App {
    let cookie = CookieConfig::new().secure(false).name(name).unwrap();
    App::with(kind, |config| config.cookie(cookie)).await
}

fn cookie_names(response: &Response) -> Vec<&str> {
    let mut names: Vec<_> = response.set_cookies().iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
    names.sort_unstable();
    names
}

async fn layers_of_two_managers_are_two_sessions<F: Framework>(kind: Kind) {
    let (shop, admin) = (app(kind).await, app_with_cookie(kind, "admin").await);
    let outer = Scope::default().nest("/admin", inner().layer(layer(&admin)));
    let server = F::serve(outer.middleware(middleware()).layer(layer(&shop))).await;
    let response = server.get(&browser(), "/admin").await;
    assert_eq!(response.line(), "200 [None, Some(2)]");
    assert_eq!(response.headers["inside"], "0");
    assert_eq!(cookie_names(&response), ["admin", "id"]);
}

async fn a_layer_inside_of_another_managers_layer_uses_its_outer_session<F: Framework>(kind: Kind) {
    async fn writes(mut session: Session) -> Result<Session, Refusal> {
        session.insert("between", 3).await?;
        Ok(session)
    }
    let (shop, admin) = (app(kind).await, app_with_cookie(kind, "admin").await);
    let between = Middleware::new(writes, async |_| Ok(("between", "3".to_owned())));
    let admin_between =
        Scope::default().nest("/inner", inner().layer(layer(&shop))).middleware(between).layer(layer(&admin));
    let outer = Scope::default().nest("/admin", admin_between);
    let server = F::serve(outer.middleware(middleware()).layer(layer(&shop))).await;
    let response = server.get(&browser(), "/admin/inner").await;
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

async fn nested<F: Framework>(outer: &App, inner: &App) -> Server {
    let inner = scope([]).layer(layer(inner));
    F::serve(Scope::default().nest("/inner", inner).layer(layer(outer))).await
}

async fn two_managers_with_one_cookie_name_are_logged_once<F: Framework>(kind: Kind) {
    Log::of_this_process();
    // The tests of all frameworks may run in this process.
    let name = format!("shared-{}", F::NAME);
    let app = async || app_with_cookie(kind, &name).await;
    let (outer, inner, other) = (app().await, app().await, app().await);
    let server = nested::<F>(&outer, &inner).await;
    for _ in 0..3 {
        server.get(&browser(), "/inner").await;
    }
    let [warning] = &warnings(&name)[..] else { panic!("{:?}", warnings(&name)) };
    for word in ["inner_store=\"session_tests::spy::Spy\"", "outer_store=", "clone one manager", "CookieConfig::name"] {
        assert!(warning.contains(word), "{word}: {warning}");
    }
    nested::<F>(&outer, &other).await.get(&browser(), "/inner").await;
    assert_eq!(warnings(&name).len(), 2, "another pair of managers");
}

async fn the_warning_about_two_managers_names_the_lines_that_created_them<F: Framework>(_: Kind) {
    Log::of_this_process();
    let name = format!("lines-{}", F::NAME);
    let config = || {
        let cookie = CookieConfig::new().secure(false).name(&name).unwrap();
        SessionConfig::new(SecretKey::generate()).cookie(cookie)
    };
    let (outer_line, outer) = (line!(), SessionManager::new(MemoryStore::new(), config()));
    let (inner_line, inner) = (line!(), SessionManager::new(MemoryStore::new(), config()));
    let inside = scope([]).layer(Layer::new(inner));
    let server = F::serve(Scope::default().nest("/inner", inside).layer(Layer::new(outer))).await;
    server.get(&browser(), "/inner").await;
    let [warning] = &warnings(&name)[..] else { panic!("{:?}", warnings(&name)) };
    for (name, line) in [("inner", inner_line), ("outer", outer_line)] {
        let field = format!("{name}_created_at={}:{line}:", file!());
        assert!(warning.contains(&field), "{field} {warning}");
    }
}

async fn two_managers_with_a_name_each_are_not_logged<F: Framework>(kind: Kind) {
    Log::of_this_process();
    let names = ["first", "second"].map(|name| format!("{name}-{}", F::NAME));
    let (outer, inner) = (app_with_cookie(kind, &names[0]).await, app_with_cookie(kind, &names[1]).await);
    nested::<F>(&outer, &inner).await.get(&browser(), "/inner").await;
    nested::<F>(&outer, &outer).await.get(&browser(), "/inner").await;
    assert_eq!(names.map(|name| warnings(&name)), [const { Vec::<String>::new() }; 2]);
}
