//! Tests of each method of `Session`: call it, finalize, and read the result in the next request.

mod detached;
mod forgotten_commits;
mod late_calls;
mod login;
mod transports;
mod update_storms;

use std::time::Duration;

use futures_util::FutureExt;
use session::{ErrorKind, Lifetime, Session};
use session_tests::{App, Browser, Kind, on_every_store};

/// Runs a request on a session with `a` = 1 and `b` = 2, and returns the server state of the next request.
async fn after(kind: Kind, request: impl AsyncFnOnce(&mut Session)) -> String {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    let mut session = app.open(&browser);
    request(&mut session).await;
    app.finalize(session, &mut browser).await.unwrap();
    entries(&app, &browser).await
}

/// The server state of a new request of this browser, as JSON.
async fn entries(app: &App, browser: &Browser) -> String {
    serde_json::to_string(&app.open(browser).entries().await.unwrap()).unwrap()
}

async fn inserting_is_persisted(kind: Kind) {
    let found = after(kind, async |session| session.insert("c", 3).await.unwrap()).await;
    assert_eq!(found, r#"{"a":1,"b":2,"c":3}"#);
}

async fn inserting_overwrites(kind: Kind) {
    let found = after(kind, async |session| session.insert("a", "text").await.unwrap()).await;
    assert_eq!(found, r#"{"a":"text","b":2}"#);
}

async fn removing_a_key_from_a_loaded_session_is_persisted(kind: Kind) {
    let remove = async |session: &mut Session| {
        assert_eq!(session.get::<u64>("b").await.unwrap(), Some(2));
        assert_eq!(session.remove::<u64>("a").await.unwrap(), Some(1));
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    };
    assert_eq!(after(kind, remove).await, r#"{"b":2}"#);
}

async fn removing_the_raw_value_is_persisted(kind: Kind) {
    let remove = async |session: &mut Session| assert_eq!(session.remove_raw("a").await.unwrap(), Some(1.into()));
    assert_eq!(after(kind, remove).await, r#"{"b":2}"#);
}

async fn removing_and_rotating_is_persisted(kind: Kind) {
    let remove = async |session: &mut Session| {
        session.remove_raw("a").await.unwrap();
        session.cycle_id();
    };
    assert_eq!(after(kind, remove).await, r#"{"b":2}"#);
}

async fn unsetting_without_a_load_is_persisted(kind: Kind) {
    assert_eq!(after(kind, async |session| session.unset("a").await.unwrap()).await, r#"{"b":2}"#);
}

async fn updating_in_place_is_persisted(kind: Kind) {
    let update = async |session: &mut Session| {
        let was = session.update("a", |a: &mut Option<u64>| a.replace(10)).await.unwrap();
        assert_eq!(was, Some(1));
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(10));
    };
    assert_eq!(after(kind, update).await, r#"{"a":10,"b":2}"#);
}

async fn updating_to_none_removes_the_key(kind: Kind) {
    let take = async |session: &mut Session| {
        assert_eq!(session.update("a", |a: &mut Option<u64>| a.take()).await.unwrap(), Some(1));
    };
    assert_eq!(after(kind, take).await, r#"{"b":2}"#);
}

async fn an_update_that_returns_err_stores_nothing(kind: Kind) {
    let refuse = async |session: &mut Session| {
        let refused = session.try_update("a", |a: &mut Option<u64>| {
            *a = Some(99);
            Err::<(), _>("sold out")
        });
        assert_eq!(refused.await.unwrap(), Err("sold out"));
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    };
    assert_eq!(after(kind, refuse).await, r#"{"a":1,"b":2}"#);
}

async fn an_update_sees_what_the_request_wrote_before(kind: Kind) {
    let update = async |session: &mut Session| {
        session.insert("a", 5).await.unwrap();
        session.insert("c", 7).await.unwrap();
        session.update("a", |a: &mut Option<u64>| *a = a.map(|a| a + 1)).await.unwrap();
    };
    assert_eq!(after(kind, update).await, r#"{"a":6,"b":2,"c":7}"#);
}

async fn clearing_keeps_the_session_and_removes_every_key(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    let id = app.open(&browser).id();
    let mut session = app.open(&browser);
    session.clear().await.unwrap();
    assert!(session.is_empty().await.unwrap());
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, "{}");
    let session = app.open(&browser);
    assert_eq!(session.id(), id);
    assert!(session.meta().await.unwrap().is_some(), "the empty record exists");
}

async fn clearing_then_inserting_keeps_what_was_inserted(kind: Kind) {
    let clear = async |session: &mut Session| {
        session.insert("c", 3).await.unwrap();
        session.clear().await.unwrap();
        session.insert("d", 4).await.unwrap();
    };
    assert_eq!(after(kind, clear).await, r#"{"d":4}"#);
}

async fn clearing_then_rotating_clears_and_rotates(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.clear().await.unwrap();
    session.cycle_id();
    app.finalize(session, &mut browser).await.unwrap();
    assert_ne!(old.cookies, browser.cookies);
    assert_eq!(entries(&app, &browser).await, "{}");
}

async fn after_clear_and_update_the_later_commit_does_not_clear_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.clear().await.unwrap();
    session.update("k", |k: &mut Option<u64>| *k = Some(1)).await.unwrap();
    let mut other = app.open(&browser);
    other.insert("b", 2).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    session.insert("c", 3).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, r#"{"b":2,"c":3,"k":1}"#);
}

async fn deleting_removes_the_record_and_keeps_cookie_and_client_state(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let mut session = app.open(&browser);
    session.delete();
    assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    app.finalize(session, &mut browser).await.unwrap();
    assert!(browser.cookies.contains_key(Browser::SESSION), "the cookie stays");
    let session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    assert_eq!(session.client().get::<String>("theme").unwrap().as_deref(), Some("dark"));
}

async fn deleting_then_inserting_creates_a_new_record(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let id = app.open(&browser).id();
    let mut session = app.open(&browser);
    session.delete();
    session.insert("c", 3).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, r#"{"c":3}"#);
    assert_ne!(app.open(&browser).id(), id, "an id is never reused");
    assert_eq!(entries(&app, &old).await, "{}", "the old token reads nothing");
}

async fn rotating_keeps_state_and_id_and_replaces_the_token(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let id = app.open(&browser).id();
    let mut session = app.open(&browser);
    session.cycle_id();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    assert_eq!(app.open(&browser).id(), id);
    assert_eq!(app.stored(&old, "a").await, None, "the old token reads nothing");
}

async fn invalidating_deletes_record_and_cookies_and_ignores_later_calls(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let thief = browser.clone();
    let mut session = app.open(&browser);
    session.invalidate();
    assert!(session.is_invalidated());
    session.insert("a", 2).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    session.cycle_id();
    session.restart();
    assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    assert_eq!(session.client().get_raw("theme"), None);
    let seen = session.update("a", |a: &mut Option<u64>| a.replace(3)).await.unwrap();
    assert_eq!(seen, None, "`f` gets `None`, and nothing is stored");
    app.finalize(session, &mut browser).await.unwrap();
    assert!(browser.cookies.is_empty());
    assert_eq!(app.spy.take_operations(), "delete");
    assert_eq!(app.stored(&thief, "a").await, None);
}

async fn restarting_deletes_the_session_and_creates_an_empty_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.restart();
    assert_eq!(session.client().get_raw("theme"), None);
    session.insert("goodbye", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, r#"{"goodbye":1}"#);
    assert_eq!(app.client(&browser, "theme"), None);
    assert_eq!(app.stored(&old, "a").await, None);
}

async fn client_state_written_after_a_restart_is_kept(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.restart();
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
    assert!(!browser.cookies.contains_key(Browser::SESSION));
}

async fn invalidating_after_a_restart_deletes_both_sessions(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.restart();
    session.insert("b", 2).await.unwrap();
    session.sync().await.unwrap();
    session.invalidate();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "delete create delete");
    assert!(browser.cookies.is_empty());
    assert_eq!(app.stored(&old, "a").await, None);
}

// `sync`, any number of times, in any state

async fn sync_twice_then_finalize_stores_each_change_once(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.sync().await.unwrap();
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    session.sync().await.unwrap();
    session.insert("b", 2).await.unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "create commit");
    assert_eq!(response.cookies(), "session");
    assert_eq!(entries(&app, &browser).await, r#"{"a":1,"b":2}"#);
}

async fn rotate_sync_write_finalize_sends_the_new_token(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.cycle_id();
    session.sync().await.unwrap();
    session.insert("user", 7).await.unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "session");
    assert_eq!(entries(&app, &browser).await, r#"{"a":1,"user":7}"#);
    assert_eq!(app.stored(&old, "user").await, None);
}

async fn rotating_twice_with_a_sync_between_sends_only_the_last_token(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.sync().await.unwrap();
    session.cycle_id();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "session");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn delete_sync_insert_finalize_creates_a_new_record(kind: Kind) {
    let delete = async |session: &mut Session| {
        session.delete();
        session.sync().await.unwrap();
        session.insert("c", 3).await.unwrap();
    };
    assert_eq!(after(kind, delete).await, r#"{"c":3}"#);
}

async fn reading_after_a_sync_sees_what_was_synced(kind: Kind) {
    let read = async |session: &mut Session| {
        session.insert("c", 3).await.unwrap();
        session.sync().await.unwrap();
        assert_eq!(session.get::<u64>("c").await.unwrap(), Some(3));
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
        session.unset("a").await.unwrap();
        session.sync().await.unwrap();
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    };
    assert_eq!(after(kind, read).await, r#"{"b":2,"c":3}"#);
}

async fn synced_values_and_their_cookie_survive_a_server_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    session.insert("b", 2).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    let response = app.abandon(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "session");
    assert_eq!(entries(&app, &browser).await, r#"{"a":1}"#);
}

async fn a_server_error_after_a_rotation_keeps_the_old_token_working(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("user", 7).await.unwrap();
    app.abandon(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, r#"{"a":1}"#);
}

async fn a_request_dropped_after_a_rotation_keeps_the_old_token_working(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("user", 7).await.unwrap();
    drop(session);
    assert_eq!(entries(&app, &browser).await, r#"{"a":1}"#);
}

async fn all_handles_of_a_request_see_one_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let (mut first, second) = (session.handle(), session.handle());
    let (a, b) = tokio::join!(first.get::<u64>("a"), second.get::<u64>("a"));
    assert_eq!((a.unwrap(), b.unwrap()), (Some(1), Some(1)));
    first.insert("b", 2).await.unwrap();
    assert_eq!(second.get::<u64>("b").await.unwrap(), Some(2));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit", "two concurrent reads share one load");
}

async fn threads_with_handles_of_one_request_lose_no_write(kind: Kind) {
    const WRITES: u8 = 200;
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let handles = [(); 4].map(|()| session.handle());
    std::thread::scope(|scope| {
        for (thread, mut handle) in handles.into_iter().enumerate() {
            scope.spawn(move || {
                for number in 0..WRITES {
                    let written = handle.insert(format!("{thread} {number}"), number).now_or_never();
                    written.expect("a write does not wait").unwrap();
                    handle.client_mut().insert(format!("{thread}"), number).unwrap();
                }
            });
        }
    });
    app.finalize(session, &mut browser).await.unwrap();
    let session = app.open(&browser);
    assert_eq!(session.entries().await.unwrap().len(), 1 + 4 * usize::from(WRITES));
    for thread in 0..4 {
        assert_eq!(session.client().get::<u8>(&thread.to_string()).unwrap(), Some(WRITES - 1));
    }
}

async fn a_write_after_finalization_is_an_error_and_a_read_is_not(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let mut kept = session.handle();
    app.finalize(session, &mut browser).await.unwrap();
    let refused = [
        kept.insert("b", 2).await.unwrap_err(),
        kept.unset("a").await.unwrap_err(),
        kept.clear().await.unwrap_err(),
        kept.remove_raw("a").await.unwrap_err(),
        kept.update("a", |_: &mut Option<u64>| ()).await.unwrap_err(),
        kept.client_mut().insert("theme", "dark").unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.kind() == ErrorKind::Finalized));
    assert_eq!(kept.get::<u64>("a").await.unwrap(), Some(1));
}

async fn label_and_lifetime_stay_pending_until_a_session_starts(kind: Kind) {
    let app = App::new(kind).await;
    let ended = app.browser_with(&[("a", 1)]).await;
    let mut other = app.open(&ended);
    other.delete();
    app.finalize(other, &mut ended.clone()).await.unwrap();
    for mut browser in [Browser::default(), ended] {
        let mut session = app.open(&browser);
        session.set_label("phone");
        session.set_lifetime(Lifetime::new().idle(Duration::from_hours(2)));
        session.unset("a").await.unwrap();
        session.sync().await.unwrap();
        session.insert("b", 1).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let info = app.open(&browser).meta().await.unwrap().unwrap();
        assert_eq!(info.label.as_deref(), Some("phone"));
        assert_eq!(info.expires, app.now() + Duration::from_hours(2));
    }
}

async fn two_opens_of_one_browser_are_two_requests(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut first = app.open(&browser);
    first.insert("b", 2).await.unwrap();
    assert_eq!(app.open(&browser).get::<u64>("b").await.unwrap(), None);
}

on_every_store!(
    inserting_is_persisted,
    inserting_overwrites,
    removing_a_key_from_a_loaded_session_is_persisted,
    removing_the_raw_value_is_persisted,
    removing_and_rotating_is_persisted,
    unsetting_without_a_load_is_persisted,
    updating_in_place_is_persisted,
    updating_to_none_removes_the_key,
    an_update_that_returns_err_stores_nothing,
    an_update_sees_what_the_request_wrote_before,
    clearing_keeps_the_session_and_removes_every_key,
    clearing_then_inserting_keeps_what_was_inserted,
    clearing_then_rotating_clears_and_rotates,
    after_clear_and_update_the_later_commit_does_not_clear_again,
    deleting_removes_the_record_and_keeps_cookie_and_client_state,
    deleting_then_inserting_creates_a_new_record,
    rotating_keeps_state_and_id_and_replaces_the_token,
    invalidating_deletes_record_and_cookies_and_ignores_later_calls,
    restarting_deletes_the_session_and_creates_an_empty_one,
    client_state_written_after_a_restart_is_kept,
    invalidating_after_a_restart_deletes_both_sessions,
    sync_twice_then_finalize_stores_each_change_once,
    rotate_sync_write_finalize_sends_the_new_token,
    rotating_twice_with_a_sync_between_sends_only_the_last_token,
    delete_sync_insert_finalize_creates_a_new_record,
    reading_after_a_sync_sees_what_was_synced,
    synced_values_and_their_cookie_survive_a_server_error,
    a_server_error_after_a_rotation_keeps_the_old_token_working,
    a_request_dropped_after_a_rotation_keeps_the_old_token_working,
    all_handles_of_a_request_see_one_session,
    threads_with_handles_of_one_request_lose_no_write,
    a_write_after_finalization_is_an_error_and_a_read_is_not,
    label_and_lifetime_stay_pending_until_a_session_starts,
    two_opens_of_one_browser_are_two_requests,
);
