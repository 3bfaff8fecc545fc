//! Tests of several session middlewares around one request.

use actix_web::ResponseError;
use actix_web::dev::ServiceRequest;
use actix_web::middleware::{Next, from_fn};
use session::actix::{Failure, SessionExt};
use session_tests::{Fault, Log};

use super::*;

/// Writes the name of the middleware's session, before and after the handler.
async fn mark(
    name: &'static str,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    request.session()?.insert(format!("{name}.before"), 1).await?;
    let response = next.call(request).await?;
    response.session()?.insert(format!("{name}.after"), 1).await?;
    Ok(response)
}

macro_rules! mark {
    ($name:literal) => {
        from_fn(async |request: ServiceRequest, next: Next<_>| mark($name, request, next).await)
    };
}

async fn write_inside(mut session: Session) -> Result<&'static str, session::Error> {
    session.insert("inside", 1).await?;
    Ok("")
}

/// The keys of a browser's session, in alphabetical order.
async fn keys(app: &TestApp, browser: &Browser) -> String {
    let cookies: Vec<String> = browser.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let header = [(http::header::COOKIE, cookies.join("; ").parse().unwrap())];
    let session = app.manager.open(&header.into_iter().collect());
    let mut keys: Vec<String> = session.entries().await.unwrap().into_iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.join(" ")
}

#[actix_web::test]
async fn middleware_of_one_manager_on_the_app_and_a_scope_shares_the_session() {
    let app = test_app().await;
    let scope =
        web::scope("/scope").route("/", web::get().to(write_inside)).wrap(mark!("inner")).wrap(middleware(&app));
    let service = init_service(App::new().service(scope).wrap(mark!("outer")).wrap(middleware(&app))).await;
    for _ in 0..2 {
        let mut alice = Browser::default();
        assert_eq!(alice.get(&service, "/scope/").await.cookies(), ["id"]);
        assert_eq!(app.spy.take_operations(), "create");
        assert_eq!(keys(&app, &alice).await, "inner.after inner.before inside outer.after outer.before");
        app.spy.take_operations();
    }
}

#[actix_web::test]
async fn middleware_of_two_managers_is_two_sessions() {
    let (shop, admin) = (test_app().await, app_with_cookie("admin").await);
    let scope =
        web::scope("/scope").route("/", web::get().to(write_inside)).wrap(mark!("admin")).wrap(middleware(&admin));
    let service = init_service(App::new().service(scope).wrap(mark!("shop")).wrap(middleware(&shop))).await;
    for _ in 0..2 {
        let mut alice = Browser::default();
        assert_eq!(alice.get(&service, "/scope/").await.cookies(), ["admin", "id"]);
        assert_eq!(keys(&admin, &alice).await, "admin.after admin.before inside");
        assert_eq!(keys(&shop, &alice).await, "shop.after shop.before");
    }
}

#[actix_web::test]
async fn middleware_inside_of_another_managers_middleware_uses_its_outer_session() {
    let (shop, admin) = (test_app().await, app_with_cookie("admin").await);
    let inner = web::scope("/c").route("/", web::get().to(write_inside)).wrap(mark!("inner")).wrap(middleware(&shop));
    let between = web::scope("/b").service(inner).wrap(mark!("admin")).wrap(middleware(&admin));
    let service = init_service(App::new().service(between).wrap(mark!("outer")).wrap(middleware(&shop))).await;
    for _ in 0..2 {
        let mut alice = Browser::default();
        assert_eq!(alice.get(&service, "/b/c/").await.cookies(), ["admin", "id"]);
        assert_eq!(keys(&shop, &alice).await, "inner.after inner.before inside outer.after outer.before");
        assert_eq!(keys(&admin, &alice).await, "admin.after admin.before");
    }
}

/// The warnings that name a cookie.
fn warnings(cookie: &str) -> usize {
    let field = format!("cookie=\"{cookie}\"");
    Log::of_this_process().all().lines().filter(|line| line.contains("WARN") && line.contains(&field)).count()
}

#[actix_web::test]
async fn two_managers_with_one_cookie_name_are_logged_once() {
    Log::of_this_process();
    let (outer, inner) = (app_with_cookie("shared").await, app_with_cookie("shared").await);
    let scope = web::scope("/scope").configure(routes).wrap(middleware(&inner));
    let service = init_service(App::new().service(scope).wrap(middleware(&outer))).await;
    for _ in 0..3 {
        Browser::default().get(&service, "/scope/").await;
    }
    assert_eq!(warnings("shared"), 1);
}

#[actix_web::test]
async fn two_managers_with_a_name_each_are_not_logged() {
    Log::of_this_process();
    let (outer, inner) = (app_with_cookie("first").await, app_with_cookie("second").await);
    let same = web::scope("/same").configure(routes).wrap(middleware(&outer));
    let scope = web::scope("/scope").configure(routes).wrap(middleware(&inner));
    let service = init_service(App::new().service(same).service(scope).wrap(middleware(&outer))).await;
    Browser::default().get(&service, "/scope/").await;
    Browser::default().get(&service, "/same/").await;
    assert_eq!((warnings("first"), warnings("second")), (0, 0));
}

/// The inner middleware has handled the error. The outer one only sees the status.
#[actix_web::test]
async fn a_custom_response_of_inner_middleware_is_no_error_of_the_outer_one() {
    let (shop, admin) = (test_app().await, app_with_cookie("admin").await);
    let respond = |failure: Failure| failure.into_error().error_response();
    let scope = web::scope("/scope").route("/", web::get().to(write_inside)).wrap(middleware(&admin).on_error(respond));
    let outer = middleware(&shop).on_error(|_| HttpResponse::ImATeapot());
    let service = init_service(App::new().service(scope).wrap(outer)).await;
    admin.spy.fail_next("create", Fault::Refuse);
    assert_eq!(Browser::default().get(&service, "/scope/").await.line, "503");
}
