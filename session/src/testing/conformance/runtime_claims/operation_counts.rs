//! Claims: the number of store operations and of sent keys per request.
//!
//! If a store returns wrong results, the library needs too many operations or too few.

use std::time::Duration;

use super::app::{App, expect_ok, finalize, get};
use super::browser::Browser;
use crate::config::session_config::RenewOn;
use crate::session::handle::Session;
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_store::TestStore;

/// Fails if a request on a session with `a` = 1 and `b` = 2 has another cost.
async fn assert_request_cost(
    store: &TestStore,
    operations: &str,
    keys: usize,
    name: &str,
    handler: impl AsyncFnOnce(&mut Session),
) {
    let app = App::new(store);
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    app.request(&mut browser, handler).await;
    let requirement = format!("{name} must cost this list of store operations and number of sent keys");
    assert_equal(app.log.take(), (operations.to_owned(), keys), requirement);
}

/// Fails if the operations since the last call differ.
#[track_caller]
fn assert_operations(app: &App, operations: &str, requirement: &str) {
    assert_equal(app.log.take_operations(), operations.to_owned(), requirement);
}

pub(crate) async fn a_request_without_server_state_costs_no_operation(store: TestStore) {
    assert_request_cost(&store, "", 0, "a request that does not use its session", async |_| {}).await;
    assert_request_cost(&store, "", 0, "a request with only client state", async |session| {
        expect_ok(session.client().get::<u64>("theme"));
        expect_ok(session.client_mut().insert("theme", 1));
        assert!(session.id().is_some(), "a request must know the id of its session without a store operation");
    })
    .await;
}

pub(crate) async fn a_request_without_a_record_costs_nothing_until_its_first_write(store: TestStore) {
    let app = App::new(&store);
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    get::<u64>(&session, "a").await;
    expect_ok(session.remove_raw("a").await);
    expect_ok(session.meta().await);
    expect_ok(session.sync().await);
    assert_operations(&app, "", "a request without a record must cost nothing to read");
    expect_ok(session.insert("a", 1).await);
    expect_ok(session.insert("b", 2).await);
    expect_ok(finalize(session, &mut browser).await);
    assert_operations(&app, "create", "the first writes of a new session must cost one creation");
}

pub(crate) async fn reading_any_number_of_keys_costs_one_load(store: TestStore) {
    assert_request_cost(&store, "load", 0, "reading any number of keys", async |session| {
        for key in ["a", "b", "c", "a"] {
            get::<u64>(session, key).await;
        }
        expect_ok(session.entries().await);
        expect_ok(session.meta().await);
    })
    .await;
}

pub(crate) async fn writing_without_reading_costs_one_commit_of_the_changed_keys(store: TestStore) {
    assert_request_cost(&store, "commit", 2, "a write, an unset and a rotation", async |session| {
        expect_ok(session.insert("a", 9).await);
        expect_ok(session.unset("b").await);
        session.cycle_id();
    })
    .await;
    assert_request_cost(&store, "commit", 0, "a clear", async |session| expect_ok(session.clear().await)).await;
    assert_request_cost(&store, "commit", 0, "a rotation", async |session| session.cycle_id()).await;
    assert_request_cost(&store, "commit", 0, "a label", async |session| session.set_label("phone")).await;
}

pub(crate) async fn reading_the_request_s_own_writes_costs_no_load(store: TestStore) {
    assert_request_cost(&store, "commit", 1, "reading the request's own writes", async |session| {
        expect_ok(session.insert("a", 9).await);
        assert_equal(get(session, "a").await, Some(9), "a request must read its own write");
        assert_equal(expect_ok(session.remove::<u64>("a").await), Some(9), "a request must remove its own write");
        assert_equal(get::<u64>(session, "a").await, None, "a request must not read a removed value");
    })
    .await;
}

pub(crate) async fn reading_and_writing_costs_one_load_and_one_commit(store: TestStore) {
    assert_request_cost(&store, "load commit", 1, "a read, a write and a rotation", async |session| {
        get::<u64>(session, "a").await;
        expect_ok(session.insert("a", 9).await);
        session.cycle_id();
    })
    .await;
    assert_request_cost(&store, "load commit", 1, "a removal", async |session| {
        _ = expect_ok(session.remove_raw("a").await);
    })
    .await;
}

pub(crate) async fn an_update_costs_one_load_and_one_commit_of_its_key(store: TestStore) {
    let add = |a: &mut Option<u64>| *a = a.map(|a| a + 1);
    assert_request_cost(&store, "load commit", 1, "an update", async |session| {
        expect_ok(session.update("a", add).await);
    })
    .await;
    assert_request_cost(&store, "load commit commit", 2, "two updates after a read", async |session| {
        get::<u64>(session, "b").await;
        expect_ok(session.update("a", add).await);
        expect_ok(session.update("a", add).await);
    })
    .await;
    assert_request_cost(&store, "load commit commit", 2, "an update after a write", async |session| {
        expect_ok(session.insert("b", 9).await);
        expect_ok(session.update("a", add).await);
    })
    .await;
}

pub(crate) async fn a_lost_race_costs_an_update_one_more_commit_and_no_load(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    get::<u64>(&session, "a").await;
    app.request_on_other_server(&mut browser.clone(), async |other| expect_ok(other.insert("b", 2).await)).await;
    app.log.take();
    expect_ok(session.update("a", |a: &mut Option<u64>| *a = Some(2)).await);
    assert_operations(
        &app,
        "commit commit",
        "an update that lost a race must cost no load, because a conflict returns the record",
    );
}

pub(crate) async fn a_deletion_costs_one_operation_and_a_new_session_one_more(store: TestStore) {
    assert_request_cost(&store, "delete", 0, "a logout", async |session| session.invalidate()).await;
    assert_request_cost(&store, "delete", 0, "a deletion", async |session| session.delete()).await;
    assert_request_cost(&store, "delete", 0, "a restart", async |session| session.restart()).await;
    assert_request_cost(&store, "delete create", 1, "a restart and a write", async |session| {
        session.restart();
        expect_ok(session.insert("goodbye", 1).await);
        get::<u64>(session, "a").await;
    })
    .await;
}

pub(crate) async fn writing_the_stored_value_or_removing_an_absent_key_costs_no_commit(store: TestStore) {
    assert_request_cost(&store, "load", 0, "writing the stored value and removing an absent key", async |session| {
        get::<u64>(session, "a").await;
        expect_ok(session.insert("a", 1).await);
        expect_ok(session.unset("z").await);
        assert_equal(expect_ok(session.remove_raw("z").await), None, "removing an absent key must return None");
        expect_ok(session.update("b", |b: &mut Option<u64>| *b).await);
    })
    .await;
    assert_request_cost(&store, "load", 0, "writing a value and restoring the stored one", async |session| {
        get::<u64>(session, "a").await;
        expect_ok(session.insert("a", 2).await);
        expect_ok(session.insert("a", 1).await);
    })
    .await;
}

pub(crate) async fn only_the_changed_key_of_many_is_sent(store: TestStore) {
    let app = App::new(&store);
    let keys: Vec<String> = (0..1000).map(|number| format!("key{number}")).collect();
    let keys: Vec<(&str, u64)> = keys.iter().map(|key| (&**key, 1)).collect();
    let mut browser = app.browser_with(&keys).await;
    app.request(&mut browser, async |session| {
        expect_ok(session.entries().await);
        for (key, value) in &keys {
            expect_ok(session.insert(*key, value).await);
        }
        expect_ok(session.insert("key500", 2).await);
    })
    .await;
    assert_equal(app.log.take(), ("load commit".to_owned(), 1), "only the changed key of a thousand must be sent");
}

pub(crate) async fn a_read_below_the_renewal_threshold_costs_one_load_and_one_touch(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for (hours, expected) in [(4, "load"), (1, "load touch"), (4, "load"), (1, "load touch")] {
        app.advance(Duration::from_secs(hours * 3600));
        app.request(&mut browser, async |session| _ = get::<u64>(session, "a").await).await;
        assert_operations(&app, expected, "a read must touch the session only below the renewal threshold");
    }
}

pub(crate) async fn a_write_below_the_renewal_threshold_renews_in_the_same_commit(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_secs(20 * 3600));
    app.request(&mut browser, async |session| expect_ok(session.insert("a", 2).await)).await;
    assert_operations(&app, "commit", "a write below the renewal threshold must renew in the same commit");
    app.advance(Duration::from_secs(20 * 3600));
    assert_equal(
        app.stored(&browser, "a").await,
        Some(2),
        "a write below the renewal threshold must renew the session",
    );
}

pub(crate) async fn with_renew_on_changes_a_read_does_not_renew(store: TestStore) {
    let app = App::with(&store, |config| config.renew_on(RenewOn::Changes));
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_secs(20 * 3600));
    app.request(&mut browser, async |session| _ = get::<u64>(session, "a").await).await;
    assert_operations(&app, "load", "a read must not renew if only changes renew");
    app.advance(Duration::from_secs(4 * 3600));
    assert_equal(app.stored(&browser, "a").await, None, "a session that no change renewed must expire");
}

pub(crate) async fn a_verified_open_costs_the_only_load_of_its_request(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let session = expect_ok(app.manager.open_verified(&browser.request()).await);
    get::<u64>(&session, "a").await;
    expect_ok(finalize(session, &mut browser).await);
    assert_operations(&app, "load", "a verified open must be the only load of its request");
    expect_ok(app.manager.open_verified(&Browser::default().request()).await);
    assert_operations(&app, "", "a verified open without a cookie must cost nothing");
}
