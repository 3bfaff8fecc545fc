//! Tests of a `sync` or an `update` whose future is dropped: its changes are stored once, or the request fails.

use std::time::Duration;

use session::{ErrorKind, Session};
use session_tests::{App, Arrival, Browser, Fault, Kind, on_every_store};

use super::cancel;

/// Long enough for an operation on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(1);

fn add_one(visits: &mut Option<u64>) {
    *visits = Some(visits.unwrap_or(0) + 1);
}

/// A request that rotates the token and sets `user`, with a `sync` that gets the fault and is cancelled.
async fn cancelled_rotation(app: &App, browser: &Browser, fault: Fault) -> Session {
    let mut session = app.open(browser);
    session.cycle_id();
    session.insert("user", 7).await.unwrap();
    app.spy.fail_next("commit", fault);
    cancel(app, session.sync()).await;
    session
}

async fn a_cancelled_sync_that_was_stored_is_found_by_one_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = cancelled_rotation(&app, &browser, Fault::Hang).await;
    session.insert("b", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit load commit");
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "b").await), (Some(7), Some(2)));
}

async fn a_cancelled_rotation_that_was_not_stored_is_sent_again(kind: Kind) {
    for fault in [Fault::Stall, Fault::Late(Arrival::Before), Fault::Late(Arrival::After)] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let old = browser.clone();
        let mut session = cancelled_rotation(&app, &browser, fault).await;
        assert_eq!(session.get::<u64>("user").await.unwrap(), Some(7), "the request still sees its change");
        session.insert("b", 2).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_ne!(browser.cookies, old.cookies, "{fault:?}");
        assert_eq!(
            (app.stored(&browser, "user").await, app.stored(&browser, "b").await),
            (Some(7), Some(2)),
            "{fault:?}"
        );
        assert_eq!(app.stored(&old, "a").await, None, "{fault:?}: the old token is replaced");
    }
}

async fn a_cancelled_creation_that_was_not_stored_is_sent_again(kind: Kind) {
    for fault in [Fault::Stall, Fault::Late(Arrival::Before), Fault::Late(Arrival::After)] {
        let app = App::new(kind).await;
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        session.insert("a", 1).await.unwrap();
        app.spy.fail_next("create", fault);
        cancel(&app, session.sync()).await;
        session.insert("b", 2).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!((app.stored(&browser, "a").await, app.stored(&browser, "b").await), (Some(1), Some(2)), "{fault:?}");
        let created: std::collections::BTreeSet<_> = app.spy.take_created().into_iter().collect();
        assert_eq!(created.len(), 1, "{fault:?}: both attempts have the same id");
    }
}

async fn a_cancelled_sync_without_a_token_is_stored_or_an_error(kind: Kind) {
    for (fault, expected) in [(Fault::Hang, None), (Fault::Stall, Some(ErrorKind::Store))] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let mut session = app.open(&browser);
        session.insert("a", 2).await.unwrap();
        app.spy.fail_next("commit", fault);
        cancel(&app, session.sync()).await;
        let result = app.finalize(session, &mut browser).await;
        assert_eq!(result.map(|_| ()).map_err(|error| error.kind()).err(), expected, "{fault:?}");
        let stored = if expected.is_none() { Some(2) } else { Some(1) };
        assert_eq!(app.stored(&browser, "a").await, stored, "{fault:?}");
    }
}

async fn a_cancelled_sync_whose_outcome_stays_unknown_fails_the_request_once(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = cancelled_rotation(&app, &browser, Fault::Stall).await;
    app.spy.fail_next("load", Fault::Refuse);
    let error = session.sync().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains("cancelled"), "{error}");
    session.insert("b", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "b").await), (None, Some(2)));
}

async fn a_cancelled_update_that_was_not_stored_is_sent_again(kind: Kind) {
    for fault in [Fault::Stall, Fault::Late(Arrival::After)] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("visits", 1)]).await;
        let mut session = app.open(&browser);
        app.spy.fail_next("commit", fault);
        cancel(&app, session.update("visits", add_one)).await;
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "load commit load commit", "{fault:?}");
        assert_eq!(app.stored(&browser, "visits").await, Some(2), "{fault:?}: counted once");
    }
}

async fn a_cancelled_update_that_may_be_stored_fails_the_request(kind: Kind) {
    for fault in [Fault::Hang, Fault::Late(Arrival::Before)] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("visits", 1)]).await;
        let mut session = app.open(&browser);
        app.spy.fail_next("commit", fault);
        cancel(&app, session.update("visits", add_one)).await;
        let error = app.finalize(session, &mut browser).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store, "{fault:?}");
        assert_eq!(app.stored(&browser, "visits").await, Some(2), "{fault:?}: counted once");
    }
}

async fn a_cancelled_update_never_overwrites_a_newer_value(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("visits", 1)]).await;
    let mut session = app.open(&browser);
    app.spy.fail_next("commit", Fault::Stall);
    cancel(&app, session.update("visits", add_one)).await;
    let mut other = app.open(&browser);
    other.insert("visits", 40).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(app.stored(&browser, "visits").await, Some(40));
}

/// The write equals the value before the update, but the update may be stored.
async fn a_write_after_an_update_whose_outcome_stays_unknown_is_stored(kind: Kind) {
    for (fault, reads) in
        [(Fault::Hang, false), (Fault::Late(Arrival::After), false), (Fault::Late(Arrival::After), true)]
    {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("visits", 1)]).await;
        let mut session = app.open(&browser);
        app.spy.fail_next("commit", fault);
        cancel(&app, session.update("visits", add_one)).await;
        app.spy.fail_next("load", Fault::Refuse);
        if reads {
            session.get::<u64>("other").await.unwrap();
        }
        session.insert("visits", 1).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.stored(&browser, "visits").await, Some(1), "{fault:?} {reads}");
    }
}

async fn a_read_after_a_sync_whose_outcome_stays_unknown_loads_again(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    session.insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::Hang);
    cancel(&app, session.sync()).await;
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(session.sync().await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(2));
}

async fn an_update_after_a_cancelled_update_counts_both(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("visits", 1)]).await;
    let mut session = app.open(&browser);
    app.spy.fail_next("commit", Fault::Stall);
    cancel(&app, session.update("visits", add_one)).await;
    session.update("visits", add_one).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "visits").await, Some(3));
}

async fn a_logout_after_a_cancelled_sync_deletes_the_session(kind: Kind) {
    for fault in [Fault::Hang, Fault::Stall] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let old = browser.clone();
        let mut session = cancelled_rotation(&app, &browser, fault).await;
        session.invalidate();
        app.finalize(session, &mut browser).await.unwrap();
        assert!(browser.cookies.is_empty(), "{fault:?}");
        assert_eq!(app.stored(&old, "a").await, None, "{fault:?}");
    }
}

async fn a_rotation_that_another_request_overtook_is_replaced(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    app.spy.fail_next("commit", Fault::Stall);
    cancel(&app, session.sync()).await;
    let mut other = app.open(&browser);
    other.cycle_id();
    let mut other_browser = browser.clone();
    app.finalize(other, &mut other_browser).await.unwrap();
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Replaced);
    assert_eq!(app.stored(&other_browser, "a").await, Some(1), "nobody is logged out");
}

async fn a_cancelled_write_shows_nothing_of_the_session_after_a_rotation(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.insert("b", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::Hang);
    cancel(&app, session.sync()).await;
    let mut other = app.open(&browser);
    other.cycle_id();
    other.insert("user", 7).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    assert_eq!(session.get::<u64>("user").await.unwrap(), None);
    assert!(session.is_replaced());
    app.finalize(session, &mut browser.clone()).await.unwrap();
}

async fn a_logout_after_a_cancelled_login_starts_no_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = cancelled_rotation(&app, &browser, Fault::Stall).await;
    let mut other = app.open(&old);
    other.invalidate();
    app.finalize(other, &mut old.clone()).await.unwrap();
    session.invalidate();
    app.spy.take_created();
    app.finalize(session, &mut browser).await.unwrap();
    assert!(app.spy.take_created().is_empty());
    assert!(browser.cookies.is_empty());
}

async fn changes_that_were_not_sent_are_sent_with_the_last_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.manager.by_id(app.open(&browser).id().unwrap());
    job.insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::RefuseConnection);
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(job.get::<u64>("a").await.unwrap(), Some(2), "the change is pending");
    job.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit commit", "no load determined the outcome");
    let session = app.open(&browser);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn at_most_one_operation_of_a_request_waits_for_an_unreachable_store(kind: Kind) {
    for fault in [Fault::RefuseConnection, Fault::TimeOut, Fault::Stall] {
        let app = App::with(kind, |config| config.store_timeout(TIMEOUT)).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let mut session = app.open(&browser);
        session.cycle_id();
        session.insert("user", 7).await.unwrap();
        app.spy.fail_next("commit", fault);
        assert_eq!(session.sync().await.unwrap_err().kind(), ErrorKind::Store, "{fault:?}");
        assert_eq!(session.get::<u64>("a").await.unwrap_err().kind(), ErrorKind::Store, "{fault:?}");
        assert_eq!(app.spy.take_operations(), "commit", "{fault:?}: later operations are not sent");
        _ = app.finalize(session, &mut browser).await;
        assert_eq!(app.spy.take_operations(), "", "{fault:?}");
        assert_eq!(app.stored(&browser, "a").await, Some(1), "{fault:?}: the next request works");
    }
}

async fn a_handle_that_waits_for_a_stalled_handle_gets_an_error(kind: Kind) {
    let app = App::with(kind, |config| config.store_timeout(TIMEOUT)).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let other = session.handle();
    app.spy.fail_next("load", Fault::Stall);
    let mut stalled = std::pin::pin!(other.get::<u64>("a"));
    // From now on, `stalled` is alive and is not polled.
    tokio::select! {
        () = app.spy.hung() => {}
        _ = &mut stalled => unreachable!("the load hangs"),
    }
    let error = session.get::<u64>("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains("another handle"), "{error}");
    assert_eq!(app.stored(&browser, "a").await, Some(1), "other requests are not affected");
}

on_every_store!(
    a_cancelled_sync_that_was_stored_is_found_by_one_load,
    a_cancelled_rotation_that_was_not_stored_is_sent_again,
    a_cancelled_creation_that_was_not_stored_is_sent_again,
    a_cancelled_sync_without_a_token_is_stored_or_an_error,
    a_cancelled_sync_whose_outcome_stays_unknown_fails_the_request_once,
    a_cancelled_update_that_was_not_stored_is_sent_again,
    a_cancelled_update_that_may_be_stored_fails_the_request,
    a_cancelled_update_never_overwrites_a_newer_value,
    a_write_after_an_update_whose_outcome_stays_unknown_is_stored,
    a_read_after_a_sync_whose_outcome_stays_unknown_loads_again,
    an_update_after_a_cancelled_update_counts_both,
    a_logout_after_a_cancelled_sync_deletes_the_session,
    a_rotation_that_another_request_overtook_is_replaced,
    a_cancelled_write_shows_nothing_of_the_session_after_a_rotation,
    a_logout_after_a_cancelled_login_starts_no_session,
    changes_that_were_not_sent_are_sent_with_the_last_commit,
    at_most_one_operation_of_a_request_waits_for_an_unreachable_store,
    a_handle_that_waits_for_a_stalled_handle_gets_an_error,
);
