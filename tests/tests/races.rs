//! What two requests on one session do to each other. A is the request in flight, B the one that overtakes it.

use session::{ErrorKind, Session};
use session_tests::{App, Browser, Kind, on_every_store, outcome};

const PAIRS: u64 = 100;

/// B: one whole request of the same browser.
async fn overtake(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Session)) {
    let mut session = app.open(browser);
    request(&mut session).await;
    app.finalize(session, browser).await.unwrap();
}

async fn both_of_two_writers_of_different_keys_survive(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("seed", 0)]).await;
    let mut survived = 0;
    for pair in 0..PAIRS {
        let (mut a, mut b) = (app.open(&browser), app.open(&browser));
        // Both have read the session before either writes.
        a.get::<u64>("seed").await.unwrap();
        b.get::<u64>("seed").await.unwrap();
        a.insert(format!("a{pair}"), pair).await.unwrap();
        b.insert(format!("b{pair}"), pair).await.unwrap();
        let (mut tab_a, mut tab_b) = (browser.clone(), browser.clone());
        let (a, b) = tokio::join!(app.finalize(a, &mut tab_a), app.finalize(b, &mut tab_b));
        assert_eq!((outcome(&a), outcome(&b)), ("ok".into(), "ok".into()));
    }
    let entries = app.open(&browser).entries().await.unwrap();
    for pair in 0..PAIRS {
        survived += u64::from(entries.contains_key(&format!("a{pair}")));
        survived += u64::from(entries.contains_key(&format!("b{pair}")));
    }
    assert_eq!(survived, 2 * PAIRS);
}

async fn both_of_two_updates_of_one_key_survive(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("cart", 0)]).await;
    for _ in 0..PAIRS {
        let (mut a, mut b) = (app.open(&browser), app.open(&browser));
        a.get::<u64>("cart").await.unwrap();
        b.get::<u64>("cart").await.unwrap();
        let add = |cart: &mut Option<u64>| *cart = cart.map(|items| items + 1);
        let (a, b) = tokio::join!(a.update("cart", add), b.update("cart", add));
        assert_eq!((outcome(&a), outcome(&b)), ("ok".into(), "ok".into()));
    }
    assert_eq!(app.stored(&browser, "cart").await, Some(2 * PAIRS));
}

async fn an_update_survives_a_blind_write_of_another_key_in_between(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("cart").await.unwrap();
    overtake(&app, &mut browser.clone(), async |b| b.insert("note", 5).await.unwrap()).await;
    let mut runs = 0;
    let update = a.update("cart", |cart: &mut Option<u64>| {
        runs += 1;
        *cart = cart.map(|items| items + 1);
    });
    update.await.unwrap();
    assert_eq!(runs, 2, "the first try lost the race, and `f` ran again");
    assert_eq!(a.get::<u64>("note").await.unwrap(), Some(5), "the retry saw the record anew");
    assert_eq!(app.stored(&browser, "cart").await, Some(2));
    assert_eq!(app.stored(&browser, "note").await, Some(5));
}

async fn of_two_writers_of_one_key_the_later_commit_wins(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("a").await.unwrap();
    a.insert("a", 1).await.unwrap();
    overtake(&app, &mut browser.clone(), async |b| b.insert("a", 2).await.unwrap()).await;
    app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn a_clear_drops_what_was_committed_before_it_and_nothing_after(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    a.insert("a", 1).await.unwrap();
    overtake(&app, &mut browser.clone(), async |b| {
        b.insert("b", 2).await.unwrap();
        b.sync().await.unwrap();
        b.clear().await.unwrap();
    })
    .await;
    app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    assert_eq!(app.stored(&browser, "b").await, None);
}

async fn a_reader_that_writes_after_a_sign_out_is_told_and_nothing_comes_back(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    assert_eq!(a.get::<u64>("user").await.unwrap(), Some(7));
    overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
    a.insert("draft", 1).await.unwrap();
    let mut tab = browser.clone();
    let error = app.finalize(a, &mut tab).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert_eq!(tab.cookies, browser.cookies, "no cookie is sent");
    for key in ["user", "draft"] {
        assert_eq!(app.stored(&browser, key).await, None);
    }
}

async fn no_verb_of_a_request_that_read_a_live_session_revives_it(kind: Kind) {
    type Verb = fn(&mut Session);
    let verbs: [(&str, Verb, &str); 5] = [
        ("cycle_id", |a| a.cycle_id(), "Ended"),
        ("set_label", |a| a.set_label("phone"), "Ended"),
        ("delete", |a| a.delete(), "ok"),
        ("restart", |a| a.restart(), "ok"),
        ("invalidate", |a| a.invalidate(), "ok"),
    ];
    for (name, verb, expected) in verbs {
        let app = App::new(kind).await;
        let browser = app.signed_in(&[("user", 7)]).await;
        let mut a = app.open(&browser);
        a.get::<u64>("user").await.unwrap();
        overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
        verb(&mut a);
        let mut tab = browser.clone();
        assert_eq!(outcome(&app.finalize(a, &mut tab).await), expected, "{name}");
        assert_eq!(app.stored(&tab, "user").await, None, "{name}");
        assert_eq!(app.stored(&browser, "user").await, None, "{name}");
    }
}

async fn an_update_after_a_sign_out_is_told_and_nothing_comes_back(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("cart").await.unwrap();
    overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
    let error = a.update("cart", |cart: &mut Option<u64>| *cart = Some(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert_eq!(a.get::<u64>("cart").await.unwrap(), None);
    let error = a.update("cart", |cart: &mut Option<u64>| *cart = Some(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ended, "it stays told");
    assert_eq!(app.stored(&browser, "cart").await, None);
}

async fn writing_on_after_the_error_is_an_error_again_but_a_restart_begins_anew(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("user").await.unwrap();
    overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
    for _ in 0..2 {
        a.insert("draft", 1).await.unwrap();
        assert_eq!(a.sync().await.unwrap_err().kind(), ErrorKind::Ended);
    }
    a.restart();
    a.insert("goodbye", 1).await.unwrap();
    app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "goodbye").await, Some(1));
    assert_eq!(app.stored(&browser, "draft").await, None);
}

async fn a_read_only_request_beside_a_sign_out_is_no_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    app.wait(std::time::Duration::from_hours(20));
    let a = app.open(&browser);
    assert_eq!(a.get::<u64>("user").await.unwrap(), Some(7));
    overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
    let answer = app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(answer.cookies(), "–", "the touch found nothing, and that is no error");
}

async fn signing_in_with_the_cookie_of_an_ended_session_works_the_first_time(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    overtake(&app, &mut browser.clone(), async |b| b.invalidate()).await;
    overtake(&app, &mut browser, async |a| {
        a.cycle_id();
        a.insert("user", 8).await.unwrap();
    })
    .await;
    assert_eq!(app.stored(&browser, "user").await, Some(8));
}

async fn a_rotation_elsewhere_refuses_reader_and_writer_without_logging_anyone_out(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let stale = browser.clone();
    let (mut reader, mut writer) = (app.open(&stale), app.open(&stale));
    reader.get::<u64>("user").await.unwrap();
    overtake(&app, &mut browser, async |b| b.cycle_id()).await;
    reader.insert("user", 1).await.unwrap();
    writer.insert("user", 2).await.unwrap();
    for a in [reader, writer] {
        let mut tab = browser.clone();
        assert_eq!(app.finalize(a, &mut tab).await.unwrap_err().kind(), ErrorKind::Replaced);
        assert_eq!(tab.cookies, browser.cookies, "no cookie is sent over the new one");
    }
    assert_eq!(app.stored(&browser, "user").await, Some(7));
    let late = app.open(&stale);
    assert_eq!(late.get::<u64>("user").await.unwrap(), None);
    assert!(late.is_replaced());
}

async fn a_sign_in_clicked_twice_is_not_refused(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("cart", 1)]).await;
    let stale = browser.clone();
    let sign_in = async |session: &mut Session| {
        session.cycle_id();
        session.insert("user", 7).await.unwrap();
    };
    overtake(&app, &mut browser, sign_in).await;
    let mut second = stale;
    overtake(&app, &mut second, sign_in).await;
    assert_eq!(app.stored(&second, "user").await, Some(7));
    assert_eq!(app.stored(&second, "cart").await, None, "a new session, with just these writes");
    assert_eq!(app.stored(&browser, "cart").await, Some(1), "the rotated session lives");
}

async fn a_sign_in_by_update_with_a_replaced_token_is_not_refused(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("cart", 1)]).await;
    overtake(&app, &mut browser.clone(), async |b| b.cycle_id()).await;
    let mut second = browser.clone();
    overtake(&app, &mut second, async |a| {
        a.cycle_id();
        a.update("user", |user: &mut Option<u64>| *user = Some(7)).await.unwrap();
    })
    .await;
    assert_eq!(app.spy.take_operations(), "commit load create");
    assert_eq!(app.stored(&second, "user").await, Some(7));
}

async fn signing_out_with_a_replaced_token_is_an_error_and_the_session_lives(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let stale = browser.clone();
    overtake(&app, &mut browser, async |b| b.cycle_id()).await;
    for end in [Session::invalidate as fn(&mut Session), Session::restart, Session::delete] {
        let mut session = app.open(&stale);
        end(&mut session);
        let mut tab = stale.clone();
        assert_eq!(app.finalize(session, &mut tab).await.unwrap_err().kind(), ErrorKind::Replaced);
        assert_eq!(tab.cookies, stale.cookies);
    }
    assert_eq!(app.stored(&browser, "user").await, Some(7));
}

async fn an_unwritten_client_change_with_a_replaced_token_is_an_error_not_silence(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("user", 7)]).await;
    overtake(&app, &mut browser.clone(), async |b| b.cycle_id()).await;
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    session.get::<u64>("user").await.unwrap();
    let mut tab = browser.clone();
    assert_eq!(app.finalize(session, &mut tab).await.unwrap_err().kind(), ErrorKind::Replaced);
    assert_eq!(tab.cookies, browser.cookies);
}

async fn every_earlier_token_is_replaced_for_the_grace_after_the_last_rotation(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let first = browser.clone();
    overtake(&app, &mut browser, async |b| b.cycle_id()).await;
    app.wait(std::time::Duration::from_secs(59));
    let second = browser.clone();
    overtake(&app, &mut browser, async |b| b.cycle_id()).await;
    app.wait(std::time::Duration::from_secs(59));
    for old in [&first, &second] {
        let session = app.open(old);
        session.get::<u64>("user").await.unwrap();
        assert!(session.is_replaced());
    }
    app.wait(std::time::Duration::from_secs(1));
    let session = app.open(&second);
    session.get::<u64>("user").await.unwrap();
    assert!(!session.is_replaced(), "unknown from now on");
    assert_eq!(app.stored(&browser, "user").await, Some(7));
}

async fn taking_by_update_gives_a_value_to_one_request_alone(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("coupon", 7)]).await;
    let (mut a, mut b) = (app.open(&browser), app.open(&browser));
    a.get::<u64>("coupon").await.unwrap();
    b.get::<u64>("coupon").await.unwrap();
    let take = |coupon: &mut Option<u64>| coupon.take();
    let (a, b) = tokio::join!(a.update("coupon", take), b.update("coupon", take));
    let mut taken = [a.unwrap(), b.unwrap()];
    taken.sort_unstable();
    assert_eq!(taken, [None, Some(7)]);
}

async fn what_a_sync_found_unchanged_is_not_sent_over_a_later_write(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 1)]).await;
    let mut a = app.open(&browser);
    a.get::<u64>("a").await.unwrap();
    a.insert("a", 1).await.unwrap();
    a.sync().await.unwrap();
    overtake(&app, &mut browser, async |b| b.insert("a", 2).await.unwrap()).await;
    a.update("b", |b: &mut Option<u64>| *b = Some(1)).await.unwrap();
    app.finalize(a, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2), "A's write was over when it was synced");
}

on_every_store!(
    what_a_sync_found_unchanged_is_not_sent_over_a_later_write,
    both_of_two_writers_of_different_keys_survive,
    both_of_two_updates_of_one_key_survive,
    an_update_survives_a_blind_write_of_another_key_in_between,
    of_two_writers_of_one_key_the_later_commit_wins,
    a_clear_drops_what_was_committed_before_it_and_nothing_after,
    a_reader_that_writes_after_a_sign_out_is_told_and_nothing_comes_back,
    no_verb_of_a_request_that_read_a_live_session_revives_it,
    an_update_after_a_sign_out_is_told_and_nothing_comes_back,
    writing_on_after_the_error_is_an_error_again_but_a_restart_begins_anew,
    a_read_only_request_beside_a_sign_out_is_no_error,
    signing_in_with_the_cookie_of_an_ended_session_works_the_first_time,
    a_rotation_elsewhere_refuses_reader_and_writer_without_logging_anyone_out,
    a_sign_in_clicked_twice_is_not_refused,
    a_sign_in_by_update_with_a_replaced_token_is_not_refused,
    signing_out_with_a_replaced_token_is_an_error_and_the_session_lives,
    an_unwritten_client_change_with_a_replaced_token_is_an_error_not_silence,
    every_earlier_token_is_replaced_for_the_grace_after_the_last_rotation,
    taking_by_update_gives_a_value_to_one_request_alone,
);
