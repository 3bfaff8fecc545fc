//! Claims: the sessions of one user, and sessions by their id.

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

/// A user whom no other claim has.
fn random_user() -> u64 {
    u64::from_ne_bytes(random_bytes())
}

fn id(app: &App, browser: &Browser) -> SessionId {
    app.open(browser).id().expect("a browser that is signed in has a session")
}

/// A user's sessions, as the other server finds them.
async fn found(app: &App, user: u64) -> Vec<SessionId> {
    expect_ok(app.other_manager.find(USER, &user).await).into_iter().map(|info| info.id).collect()
}

pub(crate) async fn the_sessions_of_a_user_are_found_oldest_first(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(id(&app, &app.browser_with(&[("user", user), ("a", 1)]).await));
        app.advance(Duration::from_secs(1));
    }
    app.browser_with(&[("user", random_user())]).await;
    app.browser_with(&[("a", user)]).await;
    assert_equal(found(&app, user).await, ids, "the sessions of a user must be found, the oldest first, and no others");
    assert_equal(app.log.take_operations(), "find".to_owned(), "finding the sessions of a user must be one operation");
}

pub(crate) async fn a_found_session_has_its_times_and_label(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut browser = app.browser_with(&[("user", user)]).await;
    app.advance(Duration::from_hours(10));
    app.request(&mut browser, async |session| session.set_label("Firefox on Linux")).await;
    let infos = expect_ok(app.other_manager.find(USER, &user).await);
    assert_equal(infos.len(), 1, "a session that is used must be found once");
    let meta = expect_ok(app.open(&browser).meta().await).expect("a session that is used must live");
    let times = (infos[0].created, infos[0].last_seen, infos[0].expires);
    assert_equal(
        times,
        (meta.created, meta.last_seen, meta.expires),
        "a found session must tell when it began and is used",
    );
    assert_equal(infos[0].label.as_deref(), Some("Firefox on Linux"), "a found session must tell its label");
}

pub(crate) async fn every_write_to_an_indexed_key_updates_the_index(store: TestStore) {
    let (app, user, other) = (App::with(&store, |config| config.index(USER)), random_user(), random_user());
    let mut browser = app.browser_with(&[("user", user)]).await;
    let ids = vec![id(&app, &browser)];
    app.request(&mut browser, async |session| expect_ok(session.insert("user", other).await)).await;
    assert_equal(found(&app, user).await, vec![], "a session must not be found by a value that was replaced");
    assert_equal(found(&app, other).await, ids.clone(), "a session must be found by the value that a write gave it");
    app.request(&mut browser, async |session| session.cycle_id()).await;
    assert_equal(found(&app, other).await, ids.clone(), "a session must be found after a rotation");
    app.request(&mut browser, async |session| {
        expect_ok(session.update("user", |value: &mut Option<u64>| *value = Some(user)).await);
    })
    .await;
    assert_equal(found(&app, user).await, ids, "a session must be found by the value that an update gave it");
    app.request(&mut browser, async |session| expect_ok(session.clear().await)).await;
    for value in [user, other] {
        assert_equal(found(&app, value).await, vec![], "a session must not be found by a value that was cleared");
    }
}

pub(crate) async fn a_deleted_or_expired_session_of_a_user_is_not_found(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut ended = app.browser_with(&[("user", user)]).await;
    app.browser_with(&[("user", user)]).await;
    app.request(&mut ended, async |session| session.invalidate()).await;
    assert_equal(found(&app, user).await.len(), 1, "a session that was signed out must not be found");
    app.advance(Duration::from_hours(25));
    assert_equal(found(&app, user).await, vec![], "a session that has expired must not be found");
}

pub(crate) async fn revoking_deletes_only_a_session_of_the_same_user(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let (mine, theirs) =
        (app.browser_with(&[("user", user)]).await, app.browser_with(&[("user", random_user())]).await);
    let revoked = expect_ok(app.other_manager.revoke(USER, &user, id(&app, &theirs)).await);
    assert!(!revoked, "a user must not end another user's session");
    assert!(app.stored(&theirs, "user").await.is_some(), "a user must not end another user's session");
    let mut in_flight = app.open(&mine);
    get::<u64>(&in_flight, "user").await;
    app.log.take();
    assert!(
        expect_ok(app.other_manager.revoke(USER, &user, id(&app, &mine)).await),
        "a user must end a session of his own"
    );
    assert_equal(app.log.take_operations(), "delete".to_owned(), "revoking a session must be one operation");
    expect_ok(in_flight.insert("draft", 1).await);
    let outcome = finalize(in_flight, &mut mine.clone()).await;
    assert_error(outcome, ErrorKind::Ended, "a request in flight must be told that its session was revoked");
    assert_equal(app.stored(&mine, "user").await, None, "a session that was revoked must stay ended");
}

pub(crate) async fn revoking_all_can_keep_the_current_session(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index(USER)), random_user());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", user)]).await);
    }
    let current = id(&app, &browsers[2]);
    let requirement = "signing out everywhere else must end all other sessions of the user, and say how many";
    assert_equal(expect_ok(app.other_manager.revoke_all(USER, &user, Some(current)).await), 3, requirement);
    assert_equal(found(&app, user).await, vec![current], requirement);
    assert_equal(
        expect_ok(app.manager.revoke_all(USER, &user, None).await),
        1,
        "signing out everywhere must end every session",
    );
    for browser in &browsers {
        assert_equal(app.stored(browser, "user").await, None, "signing out everywhere must end every session");
    }
}

pub(crate) async fn a_limit_deletes_the_oldest_sessions_and_never_the_newest_login(store: TestStore) {
    let (app, user) = (App::with(&store, |config| config.index_with_limit(USER, 2)), random_user());
    let mut browsers = Vec::new();
    for _ in 0..4 {
        browsers.push(app.browser_with(&[("user", user)]).await);
        app.advance(Duration::from_secs(1));
    }
    let newest = vec![id(&app, &browsers[2]), id(&app, &browsers[3])];
    assert_equal(found(&app, user).await, newest, "a limit must end the oldest sessions of a user");
    let mut oldest = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_secs(1));
    app.browser_with(&[("user", user)]).await;
    app.log.take();
    app.request(&mut oldest, async |session| expect_ok(session.insert("user", user).await)).await;
    let cost = app.log.take_operations();
    assert_equal(
        cost,
        "commit find delete".to_owned(),
        "a sign-in at the limit must cost a commit, a find and an ending",
    );
    assert_equal(
        app.stored(&oldest, "user").await,
        Some(user),
        "a limit must never end the session that just signed in",
    );
    assert_equal(found(&app, user).await.len(), 2, "a limit must leave so many sessions");
}

pub(crate) async fn a_write_by_id_does_not_renew_and_survives_a_rotation(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut job = app.other_manager.by_id(id(&app, &browser));
    assert_equal(get(&job, "a").await, Some(1), "a job must read a session by its id");
    expect_ok(job.insert("b", 2).await);
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let before = expect_ok(app.open(&browser).meta().await);
    app.advance(Duration::from_hours(20));
    expect_ok(job.sync().await);
    assert_equal(app.stored(&browser, "b").await, Some(2), "a job's write must survive a rotation");
    let after = expect_ok(app.open(&browser).meta().await);
    assert_equal(after, before, "a job's write must be no use of the session");
}

pub(crate) async fn a_write_by_id_never_creates_or_revives_a_session(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("a", 1)]).await;
    let session_id = id(&app, &browser);
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    let write = async |mut job: Session| {
        expect_ok(job.insert("b", 2).await);
        job.sync().await
    };
    let outcome = write(app.other_manager.by_id(session_id)).await;
    assert_error(outcome, ErrorKind::Ended, "a job must be told that its session was signed out");
    let outcome = write(app.other_manager.by_id(SessionId::random())).await;
    assert_error(outcome, ErrorKind::Ended, "a job must not begin a session");
    let job = app.other_manager.by_id(session_id);
    assert_equal(get::<u64>(&job, "b").await, None, "a job must not bring back a session that was signed out");
    let live = app.browser_with(&[("a", 1)]).await;
    let mut job = app.other_manager.by_id(id(&app, &live));
    job.delete();
    expect_ok(job.sync().await);
    assert_equal(app.stored(&live, "a").await, None, "a job must end a session by its id");
}
