//! Tests of `on_error` with axum's responses.

use axum::Extension;
use axum::response::IntoResponse;
use session::axum::Failure;
use session_tests::Fault;

use super::*;

session_tests::on_every_store!(an_extension_can_mark_a_response_that_is_kept);

/// A response with a body and headers, which a failed commit must replace.
async fn verbose(mut session: Session) -> Result<impl IntoResponse, Error> {
    session.insert("a", 4711).await?;
    Ok((StatusCode::CREATED, [("x-stored", "4711")], "stored 4711"))
}

/// Marks a response that is right even if the session was not stored.
#[derive(Clone)]
struct OptionalCommit;

/// A page that is right without its visit counter. The update before is committed.
async fn article(mut session: Session) -> Result<impl IntoResponse, Error> {
    session.update("read", |read| *read = Some(7)).await?;
    session.insert("a", 4711).await?;
    Ok((Extension(OptionalCommit), [("x-page", "article")], "the article"))
}

async fn an_extension_can_mark_a_response_that_is_kept(kind: Kind) {
    let app = app(kind).await;
    let layer = layer(&app).on_error(|failure| {
        assert!(failure.unsaved_response().is_some());
        let kept = failure.keep_response_if(|page| page.extensions().get::<OptionalCommit>().is_some());
        kept.unwrap_or_else(Failure::default_response)
    });
    let routes = routes().route("/verbose", get(verbose)).route("/article", get(article));
    let server = serve(routes.layer(layer)).await;
    let alice = browser();
    app.spy.fail_next("commit", Fault::Refuse);
    let response = server.get(&alice, "/article").await;
    assert_eq!(
        (response.line().as_str(), &response.headers["x-page"]),
        ("200 the article", &"article".parse().unwrap())
    );
    assert_eq!(response.set_cookies().len(), 1, "the cookie of the update");
    assert_eq!(server.get(&alice, "/read/read").await.line(), "200 Some(7)");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    app.spy.fail_next("commit", Fault::Refuse);
    let response = server.get(&alice, "/verbose").await;
    assert_eq!((response.line().as_str(), response.headers.get("x-stored")), ("503", None), "not marked");
}

/// The inner layer has handled the error. The outer one only sees the status.
#[tokio::test]
async fn a_custom_response_of_an_inner_layer_is_no_error_of_the_outer_one() {
    let cookie = session::CookieConfig::new().secure(false).name("admin").unwrap();
    let (shop, admin) = (app(Kind::Memory).await, App::with(Kind::Memory, |config| config.cookie(cookie)).await);
    let inner = layer(&admin).on_error(Failure::into_error);
    let outer = layer(&shop).on_error(|_| StatusCode::IM_A_TEAPOT);
    let server = serve(routes().layer(inner).layer(outer)).await;
    admin.spy.fail_next("create", Fault::Refuse);
    assert_eq!(server.get(&browser(), "/write/a/1").await.line(), "503");
}
