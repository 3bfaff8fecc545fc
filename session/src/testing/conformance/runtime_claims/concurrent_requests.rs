//! Claims: concurrent requests on one session: one is in flight while another completes on the other server.

use std::time::Duration;

use super::app::{App, assert_error, expect_ok, finalize, get};
use crate::error::ErrorKind;
use crate::session::handle::Session;
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_store::TestStore;

const PAIRS: u64 = 50;

pub(crate) async fn concurrent_writes_of_different_keys_are_both_stored(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("seed", 0)]).await;
    for pair in 0..PAIRS {
        let sessions = [app.open(&browser), app.open_on_other_server(&browser)];
        // Both requests load the session before either writes.
        for session in &sessions {
            get::<u64>(session, "seed").await;
        }
        let writers = sessions.into_iter().zip(["a", "b"]).map(|(mut session, side)| {
            let mut tab = browser.clone();
            tokio::spawn(async move {
                expect_ok(session.insert(format!("{side}{pair}"), pair).await);
                expect_ok(finalize(session, &mut tab).await);
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("concurrent writes of different keys must succeed");
        }
    }
    let entries = expect_ok(app.open(&browser).entries().await);
    let keys = (0..PAIRS).flat_map(|pair| ["a", "b"].map(|side| format!("{side}{pair}")));
    let stored = keys.filter(|key| entries.contains_key(key)).count();
    assert_equal(stored as u64, 2 * PAIRS, "concurrent writes of different keys must all be stored");
}

pub(crate) async fn concurrent_updates_of_one_key_are_both_applied(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("cart", 0)]).await;
    for _ in 0..PAIRS {
        let sessions = [app.open(&browser), app.open_on_other_server(&browser)];
        // Both requests load the session before either writes, so one of them loses the race.
        for session in &sessions {
            get::<u64>(session, "cart").await;
        }
        let updates = sessions.map(|mut session| {
            tokio::spawn(async move {
                expect_ok(session.update("cart", |cart: &mut Option<u64>| *cart = cart.map(|items| items + 1)).await);
            })
        });
        for update in updates {
            update.await.expect("concurrent updates of one key must succeed");
        }
    }
    assert_equal(
        app.stored(&browser, "cart").await,
        Some(2 * PAIRS),
        "concurrent updates of one key must all be applied",
    );
}

pub(crate) async fn an_update_and_a_concurrent_write_of_another_key_are_both_stored(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "cart").await;
    app.request_on_other_server(&mut browser.clone(), async |b| expect_ok(b.insert("note", 5).await)).await;
    let mut runs = 0;
    let update = a.update("cart", |cart: &mut Option<u64>| {
        runs += 1;
        *cart = cart.map(|items| items + 1);
    });
    expect_ok(update.await);
    assert_equal(runs, 2, "an update that lost a race must run again on the current record");
    assert_equal(get(&a, "note").await, Some(5), "an update that lost a race must see the write of the other request");
    assert_equal(
        app.stored(&browser, "cart").await,
        Some(2),
        "an update must be stored after a concurrent write of another key",
    );
    assert_equal(app.stored(&browser, "note").await, Some(5), "a write must remain after an update of another key");
}

pub(crate) async fn of_two_writes_of_one_key_the_later_commit_wins(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "a").await;
    expect_ok(a.insert("a", 1).await);
    app.request_on_other_server(&mut browser.clone(), async |b| expect_ok(b.insert("a", 2).await)).await;
    expect_ok(finalize(a, &mut browser).await);
    assert_equal(app.stored(&browser, "a").await, Some(1), "of two writes of one key the later commit must win");
}

pub(crate) async fn a_clear_removes_only_values_that_were_committed_before_it(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    expect_ok(a.insert("a", 1).await);
    app.request_on_other_server(&mut browser.clone(), async |b| {
        expect_ok(b.insert("b", 2).await);
        expect_ok(b.sync().await);
        expect_ok(b.clear().await);
    })
    .await;
    expect_ok(finalize(a, &mut browser).await);
    assert_equal(app.stored(&browser, "a").await, Some(1), "a clear must keep values that are committed after it");
    assert_equal(app.stored(&browser, "b").await, None, "a clear must remove values that were committed before it");
}

pub(crate) async fn a_write_after_a_logout_fails_and_revives_nothing(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    assert_equal(get(&a, "user").await, Some(7), "a request must read the values of its session");
    app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
    expect_ok(a.insert("draft", 1).await);
    let mut tab = browser.clone();
    assert_error(finalize(a, &mut tab).await, ErrorKind::Ended, "a write after a logout must fail with Ended");
    assert_equal(&tab, &browser, "a request that fails must set no cookie");
    for key in ["user", "draft"] {
        assert_equal(app.stored(&browser, key).await, None, "a write after a logout must store nothing");
    }
}

pub(crate) async fn no_operation_after_a_logout_revives_the_session(store: TestStore) {
    type Operation = fn(&mut Session);
    let operations: [(&str, Operation, Result<(), ErrorKind>); 5] = [
        ("cycle_id", |a| a.cycle_id(), Err(ErrorKind::Ended)),
        ("set_label", |a| a.set_label("phone"), Err(ErrorKind::Ended)),
        ("delete", |a| a.delete(), Ok(())),
        ("restart", |a| a.restart(), Ok(())),
        ("invalidate", |a| a.invalidate(), Ok(())),
    ];
    for (name, operation, expected) in operations {
        let app = App::new(&store);
        let browser = app.browser_with(&[("user", 7)]).await;
        let mut a = app.open(&browser);
        get::<u64>(&a, "user").await;
        app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
        operation(&mut a);
        let mut tab = browser.clone();
        let outcome = finalize(a, &mut tab).await.map_err(|error| error.kind());
        assert_equal(outcome, expected, format_args!("`{name}` after a concurrent logout must return this result"));
        for browser in [&tab, &browser] {
            let requirement = format!("`{name}` must not revive a session after a logout");
            assert_equal(app.stored(browser, "user").await, None, requirement);
        }
    }
}

pub(crate) async fn an_update_after_a_logout_fails_and_revives_nothing(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "cart").await;
    app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
    for _ in 0..2 {
        let updated = a.update("cart", |cart: &mut Option<u64>| *cart = Some(2)).await;
        assert_error(updated, ErrorKind::Ended, "every update after a logout must fail with Ended");
        assert_equal(get::<u64>(&a, "cart").await, None, "a request must read no value after a logout");
    }
    assert_equal(app.stored(&browser, "cart").await, None, "an update must not revive a session after a logout");
}

pub(crate) async fn after_a_logout_every_write_fails_until_a_restart(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "user").await;
    app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
    for _ in 0..2 {
        expect_ok(a.insert("draft", 1).await);
        assert_error(a.sync().await, ErrorKind::Ended, "each write after a logout must fail with Ended");
    }
    a.restart();
    expect_ok(a.insert("goodbye", 1).await);
    expect_ok(finalize(a, &mut browser).await);
    assert_equal(app.stored(&browser, "goodbye").await, Some(1), "a restart after a logout must create a new session");
    assert_equal(app.stored(&browser, "draft").await, None, "a new session must not contain the rejected writes");
}

pub(crate) async fn a_read_only_request_during_a_logout_succeeds(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.advance(Duration::from_secs(20 * 3600));
    let a = app.open(&browser);
    get::<u64>(&a, "user").await;
    app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
    expect_ok(finalize(a, &mut browser).await);
    assert_equal(app.stored(&browser, "user").await, None, "a touch must not revive a session after a logout");
}

pub(crate) async fn a_login_with_the_cookie_of_a_deleted_session_succeeds(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request_on_other_server(&mut browser.clone(), async |b| b.invalidate()).await;
    app.request(&mut browser, async |a| {
        a.cycle_id();
        expect_ok(a.insert("user", 8).await);
    })
    .await;
    assert_equal(
        app.stored(&browser, "user").await,
        Some(8),
        "a login with the cookie of a deleted session must succeed",
    );
}

pub(crate) async fn a_concurrent_rotation_rejects_writes_without_logging_anyone_out(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    let stale = browser.clone();
    let (mut reader, mut writer) = (app.open(&stale), app.open(&stale));
    get::<u64>(&reader, "user").await;
    app.request_on_other_server(&mut browser, async |b| b.cycle_id()).await;
    expect_ok(reader.insert("user", 1).await);
    expect_ok(writer.insert("user", 2).await);
    for a in [reader, writer] {
        let mut tab = browser.clone();
        assert_error(
            finalize(a, &mut tab).await,
            ErrorKind::Replaced,
            "a write with a rotated token must fail with Replaced",
        );
        assert_equal(&tab, &browser, "a request that fails must not overwrite the new cookie");
    }
    assert_equal(app.stored(&browser, "user").await, Some(7), "a rotation must log nobody out and keep the values");
    let session = app.open(&stale);
    assert_equal(get::<u64>(&session, "user").await, None, "a rotated token must read no value");
    assert!(session.is_replaced(), "a rotated token must be recognized during the grace period");
}

pub(crate) async fn a_login_that_is_submitted_twice_succeeds(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("cart", 1)]).await;
    let mut second = browser.clone();
    let log_in = async |session: &mut Session| {
        session.cycle_id();
        expect_ok(session.insert("user", 7).await);
    };
    app.request(&mut browser, log_in).await;
    app.request_on_other_server(&mut second, log_in).await;
    assert_equal(app.stored(&second, "user").await, Some(7), "a login that is submitted twice must succeed");
    assert_equal(app.stored(&second, "cart").await, None, "a login with a rotated token must create a new session");
    assert_equal(app.stored(&browser, "cart").await, Some(1), "a second login must keep the rotated session");
}

pub(crate) async fn a_login_by_update_with_a_rotated_token_succeeds(store: TestStore) {
    let app = App::new(&store);
    let browser = app.browser_with(&[("cart", 1)]).await;
    app.request_on_other_server(&mut browser.clone(), async |b| b.cycle_id()).await;
    app.log.take();
    let mut second = browser.clone();
    app.request(&mut second, async |a| {
        a.cycle_id();
        expect_ok(a.update("user", |user: &mut Option<u64>| *user = Some(7)).await);
    })
    .await;
    let expected = "load create".to_owned();
    assert_equal(
        app.log.take_operations(),
        expected,
        "a login with a rotated token must cost one load and one creation",
    );
    assert_equal(app.stored(&second, "user").await, Some(7), "a login by update with a rotated token must succeed");
}

pub(crate) async fn a_logout_with_a_rotated_token_fails_and_the_session_remains(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    let stale = browser.clone();
    app.request_on_other_server(&mut browser, async |b| b.cycle_id()).await;
    for log_out in [Session::invalidate as fn(&mut Session), Session::restart, Session::delete] {
        let mut session = app.open(&stale);
        log_out(&mut session);
        let mut tab = stale.clone();
        let outcome = finalize(session, &mut tab).await;
        assert_error(outcome, ErrorKind::Replaced, "a logout with a rotated token must fail with Replaced");
        assert_equal(&tab, &stale, "a request that fails must set no cookie");
    }
    assert_equal(app.stored(&browser, "user").await, Some(7), "a rotated token must not log anyone out");
}

pub(crate) async fn every_earlier_token_is_recognized_as_rotated_during_the_grace_period(store: TestStore) {
    let app = App::new(&store);
    let mut browser = app.browser_with(&[("user", 7)]).await;
    let first = browser.clone();
    app.request_on_other_server(&mut browser, async |b| b.cycle_id()).await;
    app.advance(Duration::from_secs(59));
    let second = browser.clone();
    app.request(&mut browser, async |b| b.cycle_id()).await;
    app.advance(Duration::from_secs(59));
    for old in [&first, &second] {
        let session = app.open(old);
        get::<u64>(&session, "user").await;
        assert!(session.is_replaced(), "every earlier token must be recognized as rotated during the grace period");
    }
    app.advance(Duration::from_secs(1));
    let session = app.open(&second);
    get::<u64>(&session, "user").await;
    assert!(!session.is_replaced(), "an earlier token must not be recognized after the grace period");
    assert_equal(app.stored(&browser, "user").await, Some(7), "the current token must remain valid");
}

pub(crate) async fn a_value_that_is_taken_by_update_is_returned_to_one_request_only(store: TestStore) {
    let app = App::new(&store);
    for coupon in 0..PAIRS {
        let browser = app.browser_with(&[("coupon", coupon)]).await;
        let sessions = [app.open(&browser), app.open_on_other_server(&browser)];
        for session in &sessions {
            get::<u64>(session, "coupon").await;
        }
        let updates = sessions.map(|mut session| {
            tokio::spawn(
                async move { expect_ok(session.update("coupon", |coupon: &mut Option<u64>| coupon.take()).await) },
            )
        });
        let mut taken = Vec::new();
        for update in updates {
            taken.push(update.await.expect("concurrent updates of one key must succeed"));
        }
        taken.sort_unstable();
        assert_equal(
            taken,
            vec![None, Some(coupon)],
            "a value that is taken by update must be returned to exactly one request",
        );
    }
}

pub(crate) async fn concurrent_writes_never_revive_a_session_after_a_logout(store: TestStore) {
    let app = App::new(&store);
    for _ in 0..PAIRS {
        let browser = app.browser_with(&[("user", 7)]).await;
        let mut logout = app.open_on_other_server(&browser);
        logout.invalidate();
        let writers =
            [app.open(&browser), app.open_on_other_server(&browser), app.open(&browser)].map(|mut session| {
                let mut tab = browser.clone();
                tokio::spawn(async move {
                    get::<u64>(&session, "user").await;
                    expect_ok(session.insert("user", 8).await);
                    // The logout comes before the load (then a new session is created), before the commit, or after it.
                    _ = finalize(session, &mut tab).await;
                })
            });
        expect_ok(finalize(logout, &mut browser.clone()).await);
        for writer in writers {
            writer.await.expect("a request during a logout must succeed or fail without a panic");
        }
        assert_equal(
            app.stored(&browser, "user").await,
            None,
            "concurrent writes must not revive a session after a logout",
        );
    }
}
