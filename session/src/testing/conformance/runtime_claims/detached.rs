//! Claims: handles that outlive their request, while other requests rotate the token, log in or log out.

use std::time::Duration;

use super::app::{App, assert_error, expect_ok, finalize, get};
use super::browser::Browser;
use crate::config::lifetime::Lifetime;
use crate::error::{Error, ErrorKind};
use crate::schema::key::Key;
use crate::session::handle::Session;
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_store::TestStore;

const ROUNDS: u64 = 50;
const HOUR: Duration = Duration::from_secs(3600);

type Intent = fn(&mut Session);

/// Rotations that start another login, or another lifetime.
const LOGINS: [(&str, Intent); 2] =
    [("cycle_id", |session| session.cycle_id()), ("set_lifetime", |session| session.set_lifetime(Lifetime::new()))];

/// Returns a detached handle of a request that has loaded the session, and has ended.
async fn detach(app: &App, browser: &mut Browser) -> Session {
    let session = app.open(browser);
    expect_ok(session.meta().await);
    let detached = session.detached().expect("the session of a browser must have a detached handle");
    expect_ok(finalize(session, browser).await);
    detached
}

async fn reload(detached: &mut Session, key: &str) -> Result<Option<u64>, Error> {
    detached.reload();
    detached.get(key).await
}

async fn write(detached: &mut Session, key: &'static str, value: u64) -> Result<(), Error> {
    expect_ok(detached.insert(key, value).await);
    detached.sync().await
}

async fn increment(detached: &mut Session, key: &'static str) -> Result<(), Error> {
    detached.update(key, |value: &mut Option<u64>| *value = Some(value.unwrap_or(0) + 1)).await
}

async fn delete(detached: &mut Session) -> Result<(), Error> {
    detached.delete();
    detached.sync().await
}

/// Fails unless each operation of the handles fails with this kind. Each operation is the first one of its handle.
async fn assert_lost(handles: [Session; 5], kind: ErrorKind, requirement: &str) {
    let [mut reader, mut writer, mut updater, mut deleter, mut listener] = handles;
    for _ in 0..2 {
        assert_error(reload(&mut reader, "a").await.map(drop), kind, requirement);
        assert_error(write(&mut writer, "a", 9).await, kind, requirement);
        assert_error(increment(&mut updater, "a").await, kind, requirement);
        assert_error(reload(&mut updater, "a").await.map(drop), kind, requirement);
    }
    if kind == ErrorKind::Ended {
        expect_ok(delete(&mut deleter).await);
    } else {
        assert_error(delete(&mut deleter).await, kind, requirement);
    }
    listener.keep_alive();
    assert_error(listener.sync().await, kind, requirement);
}

async fn detach_five(app: &App, browser: &mut Browser) -> [Session; 5] {
    let detached = detach(app, browser).await;
    [(); 5].map(|()| detached.detached().expect("a detached handle must have a detached handle"))
}

pub(crate) async fn a_detached_handle_reads_and_writes_after_the_response(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detach(&app, &mut browser).await;
    assert_equal(get(&detached, "a").await, Some(1), "a detached handle must read the session");
    app.request_on_other_server(&mut browser, async |session| expect_ok(session.insert("a", 2).await)).await;
    assert_equal(get(&detached, "a").await, Some(1), "a handle must keep the values that it has loaded");
    let reloaded = expect_ok(reload(&mut detached, "a").await);
    assert_equal(reloaded, Some(2), "a handle must load again after `reload`");
    expect_ok(write(&mut detached, "b", 3).await);
    expect_ok(increment(&mut detached, "b").await);
    assert_equal(app.stored(&browser, "b").await, Some(4), "writes of a detached handle must be stored");
    app.advance(20 * HOUR);
    let before = expect_ok(app.open(&browser).meta().await);
    expect_ok(write(&mut detached, "b", 5).await);
    let after = expect_ok(app.open(&browser).meta().await);
    assert_equal(after, before, "a commit of a detached handle must not renew the session");
    expect_ok(delete(&mut detached).await);
    assert_equal(app.stored(&browser, "b").await, None, "a deletion of a detached handle must delete the session");
}

pub(crate) async fn a_detached_handle_is_refused_after_a_logout(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let handles = detach_five(&app, &mut browser).await;
    assert_equal(get(&handles[0], "a").await, Some(1), "a detached handle must read the session");
    let stale = browser.clone();
    app.request_on_other_server(&mut browser, async |session| session.invalidate()).await;
    assert_lost(handles, ErrorKind::Ended, "a detached handle must fail with Ended after a logout").await;
    assert_equal(app.stored(&stale, "a").await, None, "a detached handle must not revive a session after a logout");
}

pub(crate) async fn a_detached_handle_is_refused_after_its_session_expired(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let handles = detach_five(&app, &mut browser).await;
    app.advance(24 * HOUR);
    assert_lost(handles, ErrorKind::Ended, "a detached handle must fail with Ended after the session expired").await;
}

/// The clock stands still: two logins of one session in the same millisecond are two logins.
pub(crate) async fn a_detached_handle_is_refused_after_a_login(store: TestStore) {
    for (name, log_in) in LOGINS {
        for earlier_logins in 0..3 {
            let app = App::new(&store);
            let mut browser = app.browser_with(&[("a", 1)]).await;
            for _ in 0..earlier_logins {
                app.request(&mut browser, async |session| log_in(session)).await;
            }
            let handles = detach_five(&app, &mut browser).await;
            assert_equal(get(&handles[0], "a").await, Some(1), "a detached handle must read the session");
            app.request_on_other_server(&mut browser, async |session| log_in(session)).await;
            let requirement = format!("a detached handle must fail with Replaced after `{name}`");
            assert_lost(handles, ErrorKind::Replaced, &requirement).await;
            let requirement = "a detached handle must change nothing after a login";
            assert_equal(app.stored(&browser, "a").await, Some(1), requirement);
        }
    }
}

pub(crate) async fn a_detached_handle_of_a_planted_session_reads_nothing_of_the_user(store: TestStore) {
    const USER: Key<u64> = Key::declare("user");
    let app = App::new(&store);
    let attacker = app.browser_with(&[("a", 1)]).await;
    let mut sockets = detach_five(&app, &mut attacker.clone()).await;
    let mut unused = app.open(&attacker).detached().expect("the planted session must have a detached handle");
    let mut victim = attacker.clone();
    app.request_on_other_server(&mut victim, async |session| {
        expect_ok(session.log_in(USER, 7).await);
        expect_ok(session.insert("secret", 42).await);
    })
    .await;
    assert_equal(app.stored(&victim, "secret").await, Some(42), "the user must read the session after the login");
    let requirement = "a handle of a planted session must fail with Replaced after the login of the user";
    for socket in sockets.iter_mut().chain([&mut unused]) {
        assert_error(reload(socket, "secret").await.map(drop), ErrorKind::Replaced, requirement);
        assert_error(socket.entries().await.map(drop), ErrorKind::Replaced, requirement);
        assert_error(socket.meta().await.map(drop), ErrorKind::Replaced, requirement);
    }
    assert_lost(sockets, ErrorKind::Replaced, requirement).await;
    assert_equal(app.stored(&victim, "user").await, Some(7), "a planted session must not log the user out");
    // A new socket with the planted token.
    if let Some(socket) = app.open(&attacker).detached() {
        assert_error(socket.get::<u64>("secret").await.map(drop), ErrorKind::Replaced, requirement);
    }
}

pub(crate) async fn a_detached_handle_works_after_renewals_of_the_token(store: TestStore) {
    const REQUIREMENT: &str = "a detached handle must work after a renewal of the token";
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let [mut reader, mut writer, mut updater, mut deleter, mut listener] = detach_five(&app, &mut browser).await;
    for round in 1..4 {
        app.request_on_other_server(&mut browser, async |session| session.renew_token()).await;
        assert_equal(expect_ok(reload(&mut reader, "a").await), Some(round), REQUIREMENT);
        expect_ok(write(&mut writer, "b", round).await);
        expect_ok(increment(&mut updater, "a").await);
        listener.keep_alive();
        expect_ok(listener.sync().await);
        let stored = (app.stored(&browser, "a").await, app.stored(&browser, "b").await);
        assert_equal(stored, (Some(round + 1), Some(round)), REQUIREMENT);
    }
    app.request_on_other_server(&mut browser, async |session| session.cycle_id()).await;
    let requirement = "a detached handle must fail with Replaced after renewals and a login";
    assert_error(write(&mut writer, "b", 9).await, ErrorKind::Replaced, requirement);
    assert_error(reload(&mut reader, "a").await.map(drop), ErrorKind::Replaced, requirement);
    assert_error(delete(&mut deleter).await, ErrorKind::Replaced, requirement);

    let mut deleter = detach(&app, &mut browser).await;
    app.request_on_other_server(&mut browser, async |session| session.renew_token()).await;
    expect_ok(delete(&mut deleter).await);
    assert_equal(app.stored(&browser, "a").await, None, "a detached handle must delete the session after a renewal");
}

/// A renewal makes a stolen token useless. The token must not open the session again through a detached handle.
pub(crate) async fn a_detached_handle_of_a_renewed_token_is_refused(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let stolen = browser.clone();
    app.request(&mut browser, async |session| session.renew_token()).await;
    let requirement = "a detached handle of a renewed token must fail with Replaced";
    let detached = app.open(&stolen).detached().expect("a token that was not loaded must have a detached handle");
    let handles = [(); 5].map(|()| detached.detached().expect("a detached handle must have a detached handle"));
    assert_lost(handles, ErrorKind::Replaced, requirement).await;
    assert_equal(app.stored(&browser, "a").await, Some(1), "a detached handle of a renewed token must change nothing");
}

pub(crate) async fn a_commit_of_a_detached_handle_during_a_login_is_stored_before_it_or_refused(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 0)]).await;
    for round in 1..=ROUNDS {
        let mut detached = detach(&app, &mut browser).await;
        let mut login = app.open_on_other_server(&browser);
        let writer = tokio::spawn(async move { write(&mut detached, "a", round).await });
        login.cycle_id();
        expect_ok(finalize(login, &mut browser).await);
        let after_login = app.stored(&browser, "a").await;
        let written = writer.await.expect("a commit during a login must not panic");
        let stored = app.stored(&browser, "a").await;
        let requirement = "a detached handle must store nothing after a login";
        assert_equal(stored, after_login, requirement);
        match written {
            Ok(()) => assert_equal(stored, Some(round), "a commit that returned Ok must be stored"),
            refused => assert_error(refused, ErrorKind::Replaced, "a commit during a login must fail with Replaced"),
        }
        app.request(&mut browser, async |session| expect_ok(session.insert("a", 0).await)).await;
    }
}

pub(crate) async fn commits_of_a_detached_handle_during_renewals_are_all_stored(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 0)]).await;
    let mut detached = detach(&app, &mut browser).await;
    let writer = tokio::spawn(async move {
        for _ in 0..ROUNDS {
            expect_ok(increment(&mut detached, "a").await);
            expect_ok(write(&mut detached, "b", 1).await);
        }
    });
    for _ in 0..ROUNDS {
        app.request_on_other_server(&mut browser, async |session| session.renew_token()).await;
    }
    writer.await.expect("commits during renewals must succeed");
    assert_equal(app.stored(&browser, "a").await, Some(ROUNDS), "commits during renewals must all be stored");
}

pub(crate) async fn a_handle_that_keeps_alive_renews_up_to_the_absolute_end(store: TestStore) {
    const STEP: Duration = Duration::from_secs(20 * 3600);
    let app = App::with(&store, |config| config.lifetime(Lifetime::new().absolute(72 * HOUR)));
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detach(&app, &mut browser).await;
    let mut by_id = app.manager.by_id(detached.id().expect("a detached handle must have an id"));
    for handle in [&mut detached, &mut by_id] {
        handle.keep_alive();
    }
    app.advance(STEP);
    assert_equal(expect_ok(reload(&mut detached, "a").await), Some(1), "a load that keeps alive must read the session");
    app.advance(STEP);
    expect_ok(write(&mut by_id, "a", 2).await);
    app.advance(STEP);
    expect_ok(by_id.sync().await);
    let info = expect_ok(app.open(&browser).meta().await).expect("a session that is kept alive must be live");
    let requirement = "loads, commits and `sync` that keep alive must renew the session up to its absolute end";
    assert_equal(info.expires, info.created + 72 * HOUR, requirement);
    assert_equal(info.last_seen, info.created + 3 * STEP, "each renewal must set `last_seen`");
    app.advance(12 * HOUR);
    let requirement = "a handle that keeps alive must fail with Ended after the absolute end";
    assert_error(detached.sync().await, ErrorKind::Ended, requirement);
    assert_error(reload(&mut detached, "a").await.map(drop), ErrorKind::Ended, requirement);
}

pub(crate) async fn a_detached_handle_costs_the_operations_of_a_request(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detach(&app, &mut browser).await;
    app.log.take();
    expect_ok(detached.sync().await);
    expect_ok(write(&mut detached, "b", 1).await);
    assert_equal(app.log.take_operations(), "commit".to_owned(), "a commit of a detached handle must cost one commit");
    for _ in 0..2 {
        expect_ok(reload(&mut detached, "a").await);
        expect_ok(detached.get::<u64>("b").await);
    }
    assert_equal(app.log.take_operations(), "load load".to_owned(), "a reload must cost one load");
    let mut unverified = app.open(&browser).detached().expect("the session must have a detached handle");
    expect_ok(write(&mut unverified, "b", 2).await);
    expect_ok(write(&mut unverified, "b", 3).await);
    let requirement = "the first commit of a handle whose request has not loaded the session must cost one load more";
    assert_equal(app.log.take_operations(), "load commit commit".to_owned(), requirement);
    detached.keep_alive();
    for operations in ["load", "load touch", "load"] {
        expect_ok(reload(&mut detached, "a").await);
        expect_ok(detached.sync().await);
        let requirement = "a load that keeps alive must cost a touch only below the renewal threshold";
        assert_equal(app.log.take_operations(), operations.to_owned(), requirement);
        if operations == "load" {
            app.advance(10 * HOUR);
        }
    }
}
