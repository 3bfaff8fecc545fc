//! Tests of unusual and replayed `Cookie` headers.

use std::time::Duration;

use session_tests::Fault;

use super::frameworks::ErrorResponse;
use super::*;

on_every_server!(
    the_valid_cookie_issued_last_of_several_is_used,
    an_invalid_cookie_starts_a_new_session,
    a_verified_layer_ignores_replayed_client_state_of_a_deleted_session,
    a_verified_layer_responds_503_instead_of_the_handler_if_the_store_is_down,
);

async fn the_valid_cookie_issued_last_of_several_is_used<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, []).await;
    let mut pairs = Vec::new();
    for value in 1..=2 {
        let set = server.get(&without_cookies(), &format!("/write/a/{value}")).await;
        app.advance(Duration::from_millis(1));
        pairs.push(set.set_cookies()[0].split(';').next().unwrap().to_owned());
    }
    let (one, two) = (&*pairs[0], &*pairs[1]);
    let cases = [
        (vec![format!("{one}; {two}")], "Some(2)"),
        (vec![format!("{two}; {one}")], "Some(2)"),
        (vec![format!("id=garbled; {two}")], "Some(2)"),
        (vec![format!("id=; id; a=b; ;; {one}; id=garbled")], "Some(1)"),
        (vec!["id=garbled".to_owned(), two.to_owned()], "Some(2)"),
        (vec![two.to_owned(), one.to_owned()], "Some(2)"),
        (vec![format!("ID={}", &one[3..])], "None"),
    ];
    for (lines, expected) in cases {
        let mut request = without_cookies().get(server.url("/read/a"));
        for line in &lines {
            request = request.header(header::COOKIE, line);
        }
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), expected, "{lines:?}");
    }
}

async fn an_invalid_cookie_starts_a_new_session<F: Framework>(kind: Kind) {
    let (app, foreign) = (app(kind).await, app(kind).await);
    let server = serve::<F>(&app, []).await;
    let elsewhere = serve::<F>(&foreign, []).await;
    let set = elsewhere.get(&without_cookies(), "/write/a/1").await;
    let theirs = set.set_cookies()[0].split(';').next().unwrap().as_bytes();
    let huge = [b"id=", "x".repeat(16_000).as_bytes()].concat();
    let many = b"id=x; ".repeat(2000);
    let client = without_cookies();
    #[rustfmt::skip]
    let lines: [&[u8]; 9] = [
        theirs, &theirs[..theirs.len() - 1], &huge, &many, b"id=\xff\xfe\x80", b"id=%00%ff", b"id", b"=;=;;", b"\xc3\x28",
    ];
    for line in lines {
        let shown = String::from_utf8_lossy(&line[..line.len().min(40)]);
        let request = |path: &str| client.get(server.url(path)).header(header::COOKIE, line);
        let read = request("/read/a").send().await.unwrap();
        assert_eq!(read.status(), StatusCode::OK, "{shown}");
        assert_eq!(read.text().await.unwrap(), "None", "{shown}");
        let written = request("/write/a/2").send().await.unwrap();
        let cookies: Vec<_> = written.headers().get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies.len(), 1, "{shown}");
        let fresh = cookies[0].to_str().unwrap().split(';').next().unwrap();
        assert_ne!(fresh.as_bytes(), theirs);
        let again = client.get(server.url("/read/a")).header(header::COOKIE, fresh).send().await.unwrap();
        assert_eq!(again.text().await.unwrap(), "Some(2)", "{shown}");
    }
}

/// A handler that reads only client state.
fn theme() -> [Route; 2] {
    let dark = async |mut session: Session, _| session.client_mut().insert("theme", "dark");
    let theme = async |session: Session, _| session.client().get::<String>("theme").map(Option::unwrap_or_default);
    [Route::get("/dark", Handler::session(dark)), Route::get("/theme", Handler::session(theme))]
}

/// The cookies of a browser with a record and client state.
async fn cookies_with_client_state(server: &Server) -> String {
    let alice = browser();
    let (written, dark) = (server.get(&alice, "/write/a/1").await, server.get(&alice, "/dark").await);
    let pairs = [&written, &dark].map(|response| response.set_cookies()[0].split(';').next().unwrap().to_owned());
    pairs.join("; ")
}

async fn a_verified_layer_ignores_replayed_client_state_of_a_deleted_session<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    for (layer, replayed, operations) in [(layer(&app), "dark", ""), (layer(&app).verified(), "", "load")] {
        let server = F::serve(scope(theme()).layer(layer)).await;
        let cookies = cookies_with_client_state(&server).await;
        let request = |path: &str| without_cookies().get(server.url(path)).header(header::COOKIE, &cookies).send();
        assert_eq!(request("/theme").await.unwrap().text().await.unwrap(), "dark");
        assert_eq!(request("/logout").await.unwrap().status(), StatusCode::OK);
        app.spy.take_operations();
        assert_eq!(request("/theme").await.unwrap().text().await.unwrap(), replayed);
        assert_eq!(app.spy.take_operations(), operations);
    }
}

async fn a_verified_layer_responds_503_instead_of_the_handler_if_the_store_is_down<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let teapot = layer(&app).verified().on_error(|failed| {
        assert_eq!(failed.unsaved, None, "the handler did not run");
        ErrorResponse::Custom(Reply::new(418, "sorry"))
    });
    for (layer, expected) in [(layer(&app).verified(), "503"), (teapot, "418 sorry")] {
        let server = F::serve(scope(theme()).layer(layer)).await;
        let alice = browser();
        server.get(&alice, "/write/a/1").await;
        app.spy.take_operations();
        app.spy.fail_next("load", Fault::Refuse);
        let response = server.get(&alice, "/write/a/2").await;
        assert_eq!((response.line().as_str(), response.set_cookies()), (expected, vec![]));
        assert_eq!(app.spy.take_operations(), "load");
        assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    }
}
