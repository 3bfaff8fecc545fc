//! Tests of the stream of events.

#[path = "../browser/mod.rs"]
mod browser;

use axum::body::BodyDataStream;
use axum::http::{Method, StatusCode};
use futures_util::StreamExt;

use self::browser::Browser;

/// Returns the next event, or `None` at the end of the stream.
async fn next_event(events: &mut BodyDataStream) -> Option<String> {
    let bytes = events.next().await?.expect("the stream has no error");
    Some(String::from_utf8(bytes.into()).expect("an event is text").trim().to_owned())
}

#[tokio::test]
async fn a_tab_sees_the_changes_of_another_tab_until_the_logout() {
    let mut browser = Browser::new(&super::app());
    assert_eq!(browser.send(Method::GET, "/events", "").await.status(), StatusCode::NO_CONTENT);
    browser.post("/add", "").await;
    let mut events = browser.send(Method::GET, "/events", "").await.into_body().into_data_stream();
    assert_eq!(next_event(&mut events).await.unwrap(), "data: 1");
    browser.post("/add", "").await;
    assert_eq!(next_event(&mut events).await.unwrap(), "data: 2");
    browser.post("/logout", "").await;
    assert_eq!(next_event(&mut events).await, None);
}
