//! Claims: find, revoke and limit the sessions of one user, and open a session by its id.

use std::time::Duration;

use super::app::{App, assert_error, expect_ok, finalize, get};
use super::browser::Browser;
use crate::error::ErrorKind;
use crate::record::id::{SessionId, random_bytes};
use crate::schema::key::IndexKey;
use crate::session::handle::Session;
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_store::TestStore;

const USER: IndexKey<u64> = IndexKey::declare("user");

/// Returns a user id that no other claim uses.
fn random_user() -> u64 {
    u64::from_ne_bytes(random_bytes())
}

fn session_id_of(app: &App, browser: &Browser) -> SessionId {
    app.open(browser).id().expect("the browser has a session")
}

/// Returns the ids of the user's sessions, found on the other server.
async fn find_ids(app: &App, user: u64) -> Vec<SessionId> {
    expect_ok(app.other_manager.find(USER, &user).await).into_iter().map(|info| info.id).collect()
}

pub(crate) async fn the_sessions_of_a_user_are_found_oldest_first(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(session_id_of(&app, &app.browser_with(&[("user", user), ("a", 1)]).await));
        app.advance(Duration::from_secs(1));
    }
    app.browser_with(&[("user", random_user())]).await;
    app.browser_with(&[("a", user)]).await;
    assert_equal(find_ids(&app, user).await, ids, "exactly the sessions of the user must be found, oldest first");
    assert_equal(
        app.log.take_operations(),
        "find".to_owned(),
        "finding the sessions of a user must cost one operation",
    );
}

pub(crate) async fn a_found_session_has_its_times_and_label(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut browser = app.browser_with(&[("user", user)]).await;
    app.advance(Duration::from_secs(10 * 3600));
    app.request(&mut browser, async |session| session.set_label("Firefox on Linux")).await;
    let infos = expect_ok(app.other_manager.find(USER, &user).await);
    assert_equal(infos.len(), 1, "a live session must be found exactly once");
    let meta = expect_ok(app.open(&browser).meta().await).expect("a renewed session is live");
    let times = (infos[0].created, infos[0].last_seen, infos[0].expires);
    assert_equal(times, (meta.created, meta.last_seen, meta.expires), "a found session must have its current times");
    assert_equal(infos[0].label.as_deref(), Some("Firefox on Linux"), "a found session must have its label");
}

pub(crate) async fn every_write_to_an_indexed_key_updates_the_index(store: TestStore) {
    let (app, user, other) = (App::with(&store, |config| config.index(USER)), random_user(), random_user());
    let mut browser = app.browser_with(&[("user", user)]).await;
    let ids = vec![session_id_of(&app, &browser)];
    app.request(&mut browser, async |session| expect_ok(session.insert("user", other).await)).await;
    assert_equal(find_ids(&app, user).await, vec![], "a session must not be found by a previous value");
    assert_equal(find_ids(&app, other).await, ids.clone(), "a session must be found by a written value");
    app.request(&mut browser, async |session| session.cycle_id()).await;
    assert_equal(find_ids(&app, other).await, ids.clone(), "a session must be found after a rotation");
    app.request(&mut browser, async |session| {
        expect_ok(session.update("user", |value: &mut Option<u64>| *value = Some(user)).await);
    })
    .await;
    assert_equal(find_ids(&app, user).await, ids, "a session must be found by an updated value");
    app.request(&mut browser, async |session| expect_ok(session.clear().await)).await;
    for value in [user, other] {
        assert_equal(find_ids(&app, value).await, vec![], "a session must not be found by a cleared value");
    }
}

pub(crate) async fn a_deleted_or_expired_session_of_a_user_is_not_found(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut deleted = app.browser_with(&[("user", user)]).await;
    app.browser_with(&[("user", user)]).await;
    app.request(&mut deleted, async |session| session.invalidate()).await;
    assert_equal(find_ids(&app, user).await.len(), 1, "a session must not be found after a logout");
    app.advance(Duration::from_secs(25 * 3600));
    assert_equal(find_ids(&app, user).await, vec![], "an expired session must not be found");
}

pub(crate) async fn the_sessions_of_a_user_are_listed_with_their_values_in_one_operation(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut browsers = Vec::new();
    for number in 0..3 {
        browsers.push(app.browser_with(&[("user", user), ("a", number)]).await);
        app.advance(Duration::from_secs(1));
    }
    app.browser_with(&[("user", random_user())]).await;
    let page = expect_ok(app.other_manager.list_by(USER, &user, None, 2).await);
    let rest = expect_ok(app.manager.list_by(USER, &user, page.next.as_deref(), 2).await);
    let mut listed = Vec::new();
    for device in page.sessions.iter().chain(&rest.sessions) {
        let meta = expect_ok(device.session.meta().await).expect("a listed session is loaded");
        assert_equal(&device.info, &meta, "a listed session must have its metadata");
        listed.push((device.info.id, get::<u64>(&device.session, "a").await));
    }
    let expected: Vec<_> =
        browsers.iter().zip(0..).map(|(browser, a)| (session_id_of(&app, browser), Some(a))).collect();
    assert_equal(listed, expected, "the sessions of the user must be listed oldest first, with their values");
    let requirement = "each page of a list must cost one operation, and its values none";
    assert_equal(app.log.take_operations(), "find_records find_records".to_owned(), requirement);

    let mut session = rest.sessions.into_iter().next().expect("the second page has the third session").session;
    expect_ok(session.insert("a", 9).await);
    expect_ok(session.sync().await);
    assert_equal(app.stored(&browsers[2], "a").await, Some(9), "a listed session must be writable");
}

pub(crate) async fn all_sessions_are_listed_with_their_values_in_one_operation_per_page(store: TestStore) {
    let app = App::new(&store);
    let (first, second) = (app.browser_with(&[("a", 1)]).await, app.browser_with(&[("a", 2)]).await);
    let mut deleted = app.manager.by_id(session_id_of(&app, &app.browser_with(&[("a", 3)]).await));
    let deleted_id = deleted.id();
    deleted.delete();
    expect_ok(deleted.sync().await);
    app.log.take();
    let (mut values, mut cursor, mut pages) = (std::collections::BTreeMap::new(), None::<String>, 0);
    loop {
        let page = expect_ok(app.other_manager.list(cursor.as_deref(), 50).await);
        for listed in page.sessions {
            assert_equal(listed.session.id(), Some(listed.info.id), "a listed session must have its own handle");
            // Another claim may use the store too, with other types.
            values.insert(listed.info.id, listed.session.get::<u64>("a").await.ok().flatten());
        }
        (cursor, pages) = (page.next, pages + 1);
        if cursor.is_none() {
            break;
        }
    }
    for (browser, value) in [(&first, 1), (&second, 2)] {
        let listed = values.get(&session_id_of(&app, browser)).copied();
        assert_equal(listed, Some(Some(value)), "a live session must be listed with its values");
    }
    assert!(deleted_id.is_some_and(|id| !values.contains_key(&id)), "a deleted session must not be listed");
    let requirement = "a page of the list must cost one operation, and its values none";
    assert_equal(app.log.take_operations(), vec!["scan"; pages].join(" "), requirement);
}

pub(crate) async fn revoking_deletes_only_a_session_of_the_same_user(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let (own, foreign) =
        (app.browser_with(&[("user", user)]).await, app.browser_with(&[("user", random_user())]).await);
    let revoked = expect_ok(app.other_manager.revoke(USER, &user, session_id_of(&app, &foreign)).await);
    assert!(!revoked, "a user must not delete another user's session");
    assert!(app.stored(&foreign, "user").await.is_some(), "a user must not delete another user's session");
    let mut in_flight = app.open(&own);
    get::<u64>(&in_flight, "user").await;
    app.log.take();
    assert!(
        expect_ok(app.other_manager.revoke(USER, &user, session_id_of(&app, &own)).await),
        "a user must be able to delete their own session"
    );
    assert_equal(app.log.take_operations(), "delete".to_owned(), "revoking a session must cost one operation");
    expect_ok(in_flight.insert("draft", 1).await);
    let outcome = finalize(in_flight, &mut own.clone()).await;
    assert_error(outcome, ErrorKind::Ended, "a write in flight must fail with Ended after a revocation");
    assert_equal(app.stored(&own, "user").await, None, "a write in flight must not revive a revoked session");
}

pub(crate) async fn revoking_all_can_keep_the_current_session(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", user)]).await);
    }
    let current = session_id_of(&app, &browsers[2]);
    let requirement = "`revoke_all` except one must delete all other sessions of the user and return their number";
    assert_equal(expect_ok(app.other_manager.revoke_all(USER, &user, Some(current)).await), 3, requirement);
    assert_equal(find_ids(&app, user).await, vec![current], requirement);
    assert_equal(
        expect_ok(app.manager.revoke_all(USER, &user, None).await),
        1,
        "`revoke_all` must delete every session of the user",
    );
    for browser in &browsers {
        assert_equal(app.stored(browser, "user").await, None, "`revoke_all` must delete every session of the user");
    }
}

pub(crate) async fn a_limit_deletes_the_oldest_sessions_and_never_the_newest_login(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index_with_limit(USER, 2)), random_user());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", user)]).await);
        app.advance(Duration::from_secs(1));
    }
    let newest = vec![session_id_of(&app, &browsers[2]), session_id_of(&app, &browsers[3])];
    assert_equal(find_ids(&app, user).await, newest, "a limit must delete the oldest sessions of a user");
    let mut oldest = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_secs(1));
    app.browser_with(&[("user", user)]).await;
    app.log.take();
    app.request(&mut oldest, async |session| expect_ok(session.insert("user", user).await)).await;
    let cost = app.log.take_operations();
    assert_equal(
        cost,
        "commit find delete".to_owned(),
        "a login at the limit must cost one commit, one find and one deletion",
    );
    assert_equal(
        app.stored(&oldest, "user").await,
        Some(user),
        "a limit must not delete the session that just logged in",
    );
    assert_equal(find_ids(&app, user).await.len(), 2, "a limit must keep this number of sessions");
}

pub(crate) async fn a_write_by_id_does_not_renew_and_survives_a_rotation(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.other_manager.by_id(session_id_of(&app, &browser));
    assert_equal(get(&job, "a").await, Some(1), "`by_id` must read the session");
    expect_ok(job.insert("b", 2).await);
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let before = expect_ok(app.open(&browser).meta().await);
    app.advance(Duration::from_secs(20 * 3600));
    expect_ok(job.sync().await);
    assert_equal(app.stored(&browser, "b").await, Some(2), "a write by id must be stored after a rotation");
    let after = expect_ok(app.open(&browser).meta().await);
    assert_equal(after, before, "a write by id must not renew the session");
}

pub(crate) async fn a_write_by_id_never_creates_or_revives_a_session(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("a", 1)]).await;
    let session_id = session_id_of(&app, &browser);
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    let write = async |mut job: Session| {
        expect_ok(job.insert("b", 2).await);
        job.sync().await
    };
    let outcome = write(app.other_manager.by_id(session_id)).await;
    assert_error(outcome, ErrorKind::Ended, "a write by id after a logout must fail with Ended");
    let outcome = write(app.other_manager.by_id(SessionId::random())).await;
    assert_error(outcome, ErrorKind::Ended, "a write by id must not create a session");
    let job = app.other_manager.by_id(session_id);
    assert_equal(get::<u64>(&job, "b").await, None, "a write by id must not revive a session after a logout");
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.other_manager.by_id(session_id_of(&app, &browser));
    job.delete();
    expect_ok(job.sync().await);
    assert_equal(app.stored(&browser, "a").await, None, "a deletion by id must delete the session");
}
