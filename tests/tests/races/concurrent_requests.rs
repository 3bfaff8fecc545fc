//! Tests of two requests on one session that are not part of the conformance suite. A is in flight, and B overtakes it.

use session::ErrorKind;
use session_tests::{App, Kind, on_every_store};

async fn an_unsaved_client_change_with_a_replaced_token_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser.clone(), async |b| b.cycle_id()).await;
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    session.get::<u64>("user").await.unwrap();
    let mut tab = browser.clone();
    assert_eq!(app.finalize(session, &mut tab).await.unwrap_err().kind(), ErrorKind::Replaced);
    assert_eq!(tab.cookies, browser.cookies);
}

async fn a_value_that_was_unchanged_at_a_sync_does_not_overwrite_a_later_write(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("a").await.unwrap();
    a.insert("a", 1).await.unwrap();
    a.sync().await.unwrap();
    app.request(&mut browser, async |b| b.insert("a", 2).await.unwrap()).await;
    a.update("b", |b: &mut Option<u64>| *b = Some(1)).await.unwrap();
    app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2), "the sync completed A's write");
}

on_every_store!(
    an_unsaved_client_change_with_a_replaced_token_is_an_error,
    a_value_that_was_unchanged_at_a_sync_does_not_overwrite_a_later_write,
);
