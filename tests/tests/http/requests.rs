//! Tests of one session over many requests.

use http::Method;
use session::SessionSchema;
use tokio::task::JoinSet;

use super::*;

on_every_server!(
    a_session_survives_requests,
    a_login_that_redirects_is_logged_in_at_the_target,
    a_hundred_pairs_of_parallel_requests_lose_no_key,
    a_hundred_parallel_updates_all_count,
    a_head_request_keeps_flash_messages,
);

async fn a_session_survives_requests<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, []).await;
    let (alice, bob) = (browser(), browser());
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&alice, "/write/a/1").await.set_cookies().len(), 1);
    assert_eq!(server.get(&bob, "/write/a/2").await.set_cookies().len(), 1);
    assert_eq!(server.get(&alice, "/write/b/3").await.set_cookies(), [""; 0], "no response sends the token twice");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/read/b").await.line(), "200 Some(3)");
    assert_eq!(server.get(&bob, "/read/a").await.line(), "200 Some(2)");
    for visit in 1..=3 {
        assert_eq!(server.get(&alice, "/visits").await.line(), format!("200 visit {visit}"));
    }
    assert_eq!(server.get(&alice, "/cycle").await.set_cookies().len(), 1);
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    server.get(&alice, "/logout").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&bob, "/read/a").await.line(), "200 Some(2)");
}

async fn a_login_that_redirects_is_logged_in_at_the_target<F: Framework>(kind: Kind) {
    async fn log_in(mut session: Session, _: Parameters) -> Result<Reply, Error> {
        session.cycle_id();
        session.insert("user", 7).await?;
        Ok(Reply::redirect("/read/user"))
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::post("/login", Handler::session(log_in))]).await;
    let alice = browser();
    for _ in 0..2 {
        let landed = alice.post(server.url("/login")).send().await.unwrap();
        assert_eq!(landed.text().await.unwrap(), "Some(7)");
    }
}

#[derive(SessionSchema)]
struct Messages {
    #[session(flash)]
    notice: u64,
    #[session(flash, client)]
    hint: u64,
}

async fn set_messages(mut session: Session, _: Parameters) -> Result<(), Error> {
    let mut messages = session.typed_mut::<Messages>();
    messages.set_notice(1)?;
    messages.set_hint(2)
}

/// The status shows which messages were taken, because the response to HEAD has no body.
async fn take_messages(mut session: Session, _: Parameters) -> Result<Reply, Error> {
    let mut messages = session.typed_mut::<Messages>();
    let has_messages = (messages.take_notice().await?, messages.take_hint()?) == (Some(1), Some(2));
    Ok(Reply::new(if has_messages { 200 } else { 404 }, ""))
}

async fn a_head_request_keeps_flash_messages<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let take = || Handler::session(take_messages);
    let mut routes = vec![Route::post("/messages", Handler::session(set_messages)), Route::get("/messages", take())];
    // axum runs the handler of GET.
    if F::NAME == "actix" {
        routes.push(Route::new(Method::HEAD, "/messages", take()));
    }
    let (server, alice) = (serve::<F>(&app, routes).await, browser());
    alice.post(server.url("/messages")).send().await.unwrap();
    for _ in 0..2 {
        let head = alice.head(server.url("/messages")).send().await.unwrap();
        assert_eq!((head.status(), head.headers().get(header::SET_COOKIE)), (StatusCode::OK, None));
    }
    assert_eq!(server.get(&alice, "/messages").await.status, StatusCode::OK);
    assert_eq!(server.get(&alice, "/messages").await.status, StatusCode::NOT_FOUND, "GET has removed them");
}

async fn a_hundred_pairs_of_parallel_requests_lose_no_key<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, []).await;
    let alice = browser();
    server.get(&alice, "/write/seed/0").await;
    let mut requests = JoinSet::new();
    for pair in 0..100 {
        for side in ["a", "b"] {
            let request = alice.get(server.url(&format!("/write/{side}{pair}/{pair}")));
            requests.spawn(async move { request.send().await.unwrap().status() });
        }
    }
    assert_eq!(requests.join_all().await, [StatusCode::OK; 200]);
    let mut survived = 0;
    for pair in 0..100 {
        for side in ["a", "b"] {
            let read = server.get(&alice, &format!("/read/{side}{pair}")).await;
            survived += usize::from(read.body == format!("Some({pair})"));
        }
    }
    assert_eq!(survived, 200);
}

async fn a_hundred_parallel_updates_all_count<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, []).await;
    let alice = browser();
    server.get(&alice, "/write/seed/0").await;
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let request = alice.get(server.url("/visits"));
        requests.spawn(async move { request.send().await.unwrap().status() });
    }
    assert_eq!(requests.join_all().await, [StatusCode::OK; 100]);
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(100)");
}
