//! Claims: what two requests on one session do to each other. The first is in flight on one server; the second
//! overtakes it on the other.

use std::time::Duration;

use super::super::assertions::{holds, same};
use super::super::store::Store;
use super::{App, answer, get, refused, works};
use crate::{ErrorKind, Session};

const PAIRS: u64 = 50;

pub(crate) async fn both_of_two_writers_of_different_keys_survive(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("seed", 0)]).await;
    for pair in 0..PAIRS {
        let sessions = [app.open(&browser), app.open_there(&browser)];
        // Both have read the session before either writes.
        for session in &sessions {
            get::<u64>(session, "seed").await;
        }
        let writers = sessions.into_iter().zip(["a", "b"]).map(|(mut session, side)| {
            let mut tab = browser.clone();
            tokio::spawn(async move {
                works(session.insert(format!("{side}{pair}"), pair).await);
                works(answer(session, &mut tab).await);
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("both of two writers of different keys must succeed");
        }
    }
    let entries = works(app.open(&browser).entries().await);
    let keys = (0..PAIRS).flat_map(|pair| ["a", "b"].map(|side| format!("{side}{pair}")));
    let survived = keys.filter(|key| entries.contains_key(key)).count();
    same(survived as u64, 2 * PAIRS, "both of two writers of different keys must survive: so many writes did");
}

pub(crate) async fn both_of_two_updates_of_one_key_survive(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("cart", 0)]).await;
    for _ in 0..PAIRS {
        let sessions = [app.open(&browser), app.open_there(&browser)];
        // Both have read the session before either writes: one of them loses the race.
        for session in &sessions {
            get::<u64>(session, "cart").await;
        }
        let updates = sessions.map(|mut session| {
            tokio::spawn(async move {
                works(session.update("cart", |cart: &mut Option<u64>| *cart = cart.map(|items| items + 1)).await);
            })
        });
        for update in updates {
            update.await.expect("both of two updates of one key must succeed");
        }
    }
    same(app.stored(&browser, "cart").await, Some(2 * PAIRS), "both of two updates of one key must count");
}

pub(crate) async fn an_update_survives_a_blind_write_of_another_key_in_between(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "cart").await;
    app.overtake(&mut browser.clone(), async |b| works(b.insert("note", 5).await)).await;
    let mut runs = 0;
    let update = a.update("cart", |cart: &mut Option<u64>| {
        runs += 1;
        *cart = cart.map(|items| items + 1);
    });
    works(update.await);
    same(runs, 2, "an update that lost a race must run again on the record that it was shown");
    same(get(&a, "note").await, Some(5), "an update that lost a race must be shown what the other request wrote");
    same(app.stored(&browser, "cart").await, Some(2), "an update must survive a write of another key in between");
    same(app.stored(&browser, "note").await, Some(5), "a write must survive an update of another key");
}

pub(crate) async fn of_two_writers_of_one_key_the_later_commit_wins(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "a").await;
    works(a.insert("a", 1).await);
    app.overtake(&mut browser.clone(), async |b| works(b.insert("a", 2).await)).await;
    works(answer(a, &mut browser).await);
    same(app.stored(&browser, "a").await, Some(1), "of two writers of one key the later commit must win");
}

pub(crate) async fn a_clear_drops_what_was_committed_before_it_and_nothing_after(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 0)]).await;
    let mut a = app.open(&browser);
    works(a.insert("a", 1).await);
    app.overtake(&mut browser.clone(), async |b| {
        works(b.insert("b", 2).await);
        works(b.sync().await);
        works(b.clear().await);
    })
    .await;
    works(answer(a, &mut browser).await);
    same(app.stored(&browser, "a").await, Some(1), "a clear must leave what is committed after it");
    same(app.stored(&browser, "b").await, None, "a clear must drop what was committed before it");
}

pub(crate) async fn a_reader_that_writes_after_a_sign_out_is_told_and_nothing_comes_back(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    same(get(&a, "user").await, Some(7), "a request must read its session");
    app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
    works(a.insert("draft", 1).await);
    let mut tab = browser.clone();
    refused(answer(a, &mut tab).await, ErrorKind::Ended, "a writer must be told that its session was signed out");
    same(&tab, &browser, "a request that is refused must set no cookie");
    for key in ["user", "draft"] {
        same(app.stored(&browser, key).await, None, "nothing must come back after a sign-out");
    }
}

pub(crate) async fn no_verb_of_a_request_that_read_a_live_session_revives_it(store: Store) {
    type Verb = fn(&mut Session);
    let verbs: [(&str, Verb, Result<(), ErrorKind>); 5] = [
        ("cycle_id", |a| a.cycle_id(), Err(ErrorKind::Ended)),
        ("set_label", |a| a.set_label("phone"), Err(ErrorKind::Ended)),
        ("delete", |a| a.delete(), Ok(())),
        ("restart", |a| a.restart(), Ok(())),
        ("invalidate", |a| a.invalidate(), Ok(())),
    ];
    for (name, verb, expected) in verbs {
        let app = App::new(&store);
        let browser = app.signed_in(&[("user", 7)]).await;
        let mut a = app.open(&browser);
        get::<u64>(&a, "user").await;
        app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
        verb(&mut a);
        let mut tab = browser.clone();
        let outcome = answer(a, &mut tab).await.map_err(|error| error.kind());
        same(outcome, expected, format_args!("after a sign-out elsewhere `{name}` must be answered so"));
        for browser in [&tab, &browser] {
            let promise = format!("`{name}` must not bring back a session that was signed out");
            same(app.stored(browser, "user").await, None, promise);
        }
    }
}

pub(crate) async fn an_update_after_a_sign_out_is_told_and_nothing_comes_back(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("cart", 1)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "cart").await;
    app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
    for _ in 0..2 {
        let updated = a.update("cart", |cart: &mut Option<u64>| *cart = Some(2)).await;
        refused(updated, ErrorKind::Ended, "an update must be told, and stay told, that its session was signed out");
        same(get::<u64>(&a, "cart").await, None, "a request must read nothing of a session that was signed out");
    }
    same(app.stored(&browser, "cart").await, None, "an update must not bring back a session that was signed out");
}

pub(crate) async fn writing_on_after_the_error_is_an_error_again_but_a_restart_begins_anew(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let mut a = app.open(&browser);
    get::<u64>(&a, "user").await;
    app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
    for _ in 0..2 {
        works(a.insert("draft", 1).await);
        refused(a.sync().await, ErrorKind::Ended, "writing on after a sign-out must be an error each time");
    }
    a.restart();
    works(a.insert("goodbye", 1).await);
    works(answer(a, &mut browser).await);
    same(app.stored(&browser, "goodbye").await, Some(1), "a restart after a sign-out must begin a new session");
    same(app.stored(&browser, "draft").await, None, "a new session must hold nothing that was refused");
}

pub(crate) async fn a_read_only_request_beside_a_sign_out_is_no_error(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    app.wait(Duration::from_secs(20 * 60 * 60));
    let a = app.open(&browser);
    get::<u64>(&a, "user").await;
    app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
    works(answer(a, &mut browser).await);
    same(app.stored(&browser, "user").await, None, "a touch must not bring back a session that was signed out");
}

pub(crate) async fn signing_in_with_the_cookie_of_an_ended_session_works_the_first_time(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    app.overtake(&mut browser.clone(), async |b| b.invalidate()).await;
    app.request(&mut browser, async |a| {
        a.cycle_id();
        works(a.insert("user", 8).await);
    })
    .await;
    same(app.stored(&browser, "user").await, Some(8), "signing in with the cookie of an ended session must work");
}

pub(crate) async fn a_rotation_elsewhere_refuses_reader_and_writer_without_logging_anyone_out(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let stale = browser.clone();
    let (mut reader, mut writer) = (app.open(&stale), app.open(&stale));
    get::<u64>(&reader, "user").await;
    app.overtake(&mut browser, async |b| b.cycle_id()).await;
    works(reader.insert("user", 1).await);
    works(writer.insert("user", 2).await);
    for a in [reader, writer] {
        let mut tab = browser.clone();
        refused(answer(a, &mut tab).await, ErrorKind::Replaced, "a writer must be told that its token was replaced");
        same(&tab, &browser, "a request that is refused must set no cookie over the new one");
    }
    same(app.stored(&browser, "user").await, Some(7), "a rotation must log nobody out, and keep the values");
    let late = app.open(&stale);
    same(get::<u64>(&late, "user").await, None, "a replaced token must read nothing");
    holds(late.is_replaced(), "a replaced token must be known as replaced within the grace");
}

pub(crate) async fn a_sign_in_clicked_twice_is_not_refused(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("cart", 1)]).await;
    let mut second = browser.clone();
    let sign_in = async |session: &mut Session| {
        session.cycle_id();
        works(session.insert("user", 7).await);
    };
    app.request(&mut browser, sign_in).await;
    app.overtake(&mut second, sign_in).await;
    same(app.stored(&second, "user").await, Some(7), "a sign-in that was clicked twice must not be refused");
    same(app.stored(&second, "cart").await, None, "a sign-in with a replaced token must begin a session of its own");
    same(app.stored(&browser, "cart").await, Some(1), "a second sign-in must leave the rotated session alive");
}

pub(crate) async fn a_sign_in_by_update_with_a_replaced_token_is_not_refused(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("cart", 1)]).await;
    app.overtake(&mut browser.clone(), async |b| b.cycle_id()).await;
    app.count.take();
    let mut second = browser.clone();
    app.request(&mut second, async |a| {
        a.cycle_id();
        works(a.update("user", |user: &mut Option<u64>| *user = Some(7)).await);
    })
    .await;
    let expected = "load create".to_owned();
    same(app.count.take().0, expected, "a sign-in with a replaced token must cost one load and one creation");
    same(app.stored(&second, "user").await, Some(7), "a sign-in by update with a replaced token must not be refused");
}

pub(crate) async fn signing_out_with_a_replaced_token_is_an_error_and_the_session_lives(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let stale = browser.clone();
    app.overtake(&mut browser, async |b| b.cycle_id()).await;
    for end in [Session::invalidate as fn(&mut Session), Session::restart, Session::delete] {
        let mut session = app.open(&stale);
        end(&mut session);
        let mut tab = stale.clone();
        let outcome = answer(session, &mut tab).await;
        refused(outcome, ErrorKind::Replaced, "signing out with a replaced token must be an error");
        same(&tab, &stale, "a request that is refused must set no cookie");
    }
    same(app.stored(&browser, "user").await, Some(7), "a replaced token must not sign anyone out");
}

pub(crate) async fn every_earlier_token_is_replaced_for_the_grace_after_the_last_rotation(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("user", 7)]).await;
    let first = browser.clone();
    app.overtake(&mut browser, async |b| b.cycle_id()).await;
    app.wait(Duration::from_secs(59));
    let second = browser.clone();
    app.request(&mut browser, async |b| b.cycle_id()).await;
    app.wait(Duration::from_secs(59));
    for old in [&first, &second] {
        let session = app.open(old);
        get::<u64>(&session, "user").await;
        holds(session.is_replaced(), "every earlier token must be known as replaced for the grace");
    }
    app.wait(Duration::from_secs(1));
    let session = app.open(&second);
    get::<u64>(&session, "user").await;
    holds(!session.is_replaced(), "an earlier token must be unknown after the grace");
    same(app.stored(&browser, "user").await, Some(7), "the current token must work on");
}

pub(crate) async fn taking_by_update_gives_a_value_to_one_request_alone(store: Store) {
    let app = App::new(&store);
    for coupon in 0..PAIRS {
        let browser = app.signed_in(&[("coupon", coupon)]).await;
        let sessions = [app.open(&browser), app.open_there(&browser)];
        for session in &sessions {
            get::<u64>(session, "coupon").await;
        }
        let takers = sessions.map(|mut session| {
            tokio::spawn(async move { works(session.update("coupon", |coupon: &mut Option<u64>| coupon.take()).await) })
        });
        let mut taken = Vec::new();
        for taker in takers {
            taken.push(taker.await.expect("both of two updates of one key must succeed"));
        }
        taken.sort_unstable();
        same(taken, vec![None, Some(coupon)], "a value that is taken by update must go to one request alone");
    }
}

/// What a sign-out promises, under everything that may be in flight.
pub(crate) async fn nothing_comes_back_after_a_sign_out_that_raced_writers(store: Store) {
    let app = App::new(&store);
    for _ in 0..PAIRS {
        let browser = app.signed_in(&[("user", 7)]).await;
        let mut signs_out = app.open_there(&browser);
        signs_out.invalidate();
        let writers = [app.open(&browser), app.open_there(&browser), app.open(&browser)].map(|mut session| {
            let mut tab = browser.clone();
            tokio::spawn(async move {
                get::<u64>(&session, "user").await;
                works(session.insert("user", 8).await);
                // It was signed out before the load: then it begins a session of its own. Or in between, or not yet.
                _ = answer(session, &mut tab).await;
            })
        });
        works(answer(signs_out, &mut browser.clone()).await);
        for writer in writers {
            writer.await.expect("a request that races a sign-out must end with an answer or an error");
        }
        same(app.stored(&browser, "user").await, None, "nothing must come back after a sign-out that raced writers");
    }
}
