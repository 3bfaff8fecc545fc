//! Claims: what a request costs in store operations, and in keys that travel. A store whose answers are not those of
//! the contract makes the runtime ask again, or not at all.

use std::time::Duration;

use super::super::assertions::{holds, same};
use super::super::store::Store;
use super::{App, Browser, answer, get, works};
use crate::{RenewOn, Session};

/// Fails unless a request costs just this, on a session that holds `a` = 1 and `b` = 2.
async fn costs(store: &Store, operations: &str, keys: usize, what: &str, handler: impl AsyncFnOnce(&mut Session)) {
    let app = App::new(store);
    let mut browser = app.signed_in(&[("a", 1), ("b", 2)]).await;
    app.request(&mut browser, handler).await;
    let promise = format!("{what} must cost just these store operations, and send so many keys");
    same(app.count.take(), (operations.to_owned(), keys), promise);
}

/// Fails unless the operations since the last look were these.
#[track_caller]
fn cost(app: &App, operations: &str, promise: &str) {
    same(app.count.take().0, operations.to_owned(), promise);
}

pub(crate) async fn a_request_that_does_not_touch_server_state_costs_nothing(store: Store) {
    costs(&store, "", 0, "a request that does not touch its session", async |_| {}).await;
    costs(&store, "", 0, "a request of client state alone", async |session| {
        works(session.client().get::<u64>("theme"));
        works(session.client_mut().insert("theme", 1));
        holds(session.id().is_some(), "a request must know its session's id without asking the store");
    })
    .await;
}

pub(crate) async fn a_request_without_a_record_asks_nothing_until_its_first_write(store: Store) {
    let app = App::new(&store);
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    get::<u64>(&session, "a").await;
    works(session.remove_raw("a").await);
    works(session.meta().await);
    works(session.sync().await);
    cost(&app, "", "a request without a record must read for nothing");
    works(session.insert("a", 1).await);
    works(session.insert("b", 2).await);
    works(answer(session, &mut browser).await);
    cost(&app, "create", "the first writes of a new session must be one creation");
}

pub(crate) async fn reading_any_number_of_keys_is_one_load(store: Store) {
    costs(&store, "load", 0, "reading any number of keys", async |session| {
        for key in ["a", "b", "c", "a"] {
            get::<u64>(session, key).await;
        }
        works(session.entries().await);
        works(session.meta().await);
    })
    .await;
}

pub(crate) async fn only_writing_is_one_commit_of_the_changed_keys(store: Store) {
    costs(&store, "commit", 2, "writing, removing and a rotation", async |session| {
        works(session.insert("a", 9).await);
        works(session.unset("b").await);
        session.cycle_id();
    })
    .await;
    costs(&store, "commit", 0, "a clearing", async |session| works(session.clear().await)).await;
    costs(&store, "commit", 0, "a rotation", async |session| session.cycle_id()).await;
    costs(&store, "commit", 0, "a label", async |session| session.set_label("phone")).await;
}

pub(crate) async fn reading_what_the_request_wrote_itself_takes_no_load(store: Store) {
    costs(&store, "commit", 1, "reading what the request wrote itself", async |session| {
        works(session.insert("a", 9).await);
        same(get(session, "a").await, Some(9), "a request must read what it wrote");
        same(works(session.remove::<u64>("a").await), Some(9), "a request must remove what it wrote");
        same(get::<u64>(session, "a").await, None, "a request must not read what it removed");
    })
    .await;
}

pub(crate) async fn reading_and_writing_is_one_load_and_one_commit(store: Store) {
    costs(&store, "load commit", 1, "reading, writing and a rotation", async |session| {
        get::<u64>(session, "a").await;
        works(session.insert("a", 9).await);
        session.cycle_id();
    })
    .await;
    costs(&store, "load commit", 1, "a removal", async |session| _ = works(session.remove_raw("a").await)).await;
}

pub(crate) async fn an_update_is_one_load_and_one_commit_of_its_key(store: Store) {
    let add = |a: &mut Option<u64>| *a = a.map(|a| a + 1);
    costs(&store, "load commit", 1, "an update", async |session| works(session.update("a", add).await)).await;
    costs(&store, "load commit commit", 2, "two updates after a read", async |session| {
        get::<u64>(session, "b").await;
        works(session.update("a", add).await);
        works(session.update("a", add).await);
    })
    .await;
    costs(&store, "load commit commit", 2, "an update beside a write", async |session| {
        works(session.insert("b", 9).await);
        works(session.update("a", add).await);
    })
    .await;
}

pub(crate) async fn a_lost_race_costs_an_update_one_more_commit_and_no_load(store: Store) {
    let app = App::new(&store);
    let browser = app.signed_in(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    get::<u64>(&session, "a").await;
    app.overtake(&mut browser.clone(), async |other| works(other.insert("b", 2).await)).await;
    app.count.take();
    works(session.update("a", |a: &mut Option<u64>| *a = Some(2)).await);
    cost(&app, "commit commit", "a conflict must show the record, so that an update that lost a race loads nothing");
}

pub(crate) async fn ending_is_one_operation_and_beginning_anew_another(store: Store) {
    costs(&store, "delete", 0, "a sign-out", async |session| session.invalidate()).await;
    costs(&store, "delete", 0, "a deletion", async |session| session.delete()).await;
    costs(&store, "delete", 0, "a restart", async |session| session.restart()).await;
    costs(&store, "delete create", 1, "a restart and a write", async |session| {
        session.restart();
        works(session.insert("goodbye", 1).await);
        get::<u64>(session, "a").await;
    })
    .await;
}

pub(crate) async fn writing_what_is_there_and_removing_what_is_not_is_no_commit(store: Store) {
    costs(&store, "load", 0, "writing what is there, and removing what is not", async |session| {
        get::<u64>(session, "a").await;
        works(session.insert("a", 1).await);
        works(session.unset("z").await);
        same(works(session.remove_raw("z").await), None, "nothing must be removed where nothing is");
        works(session.update("b", |b: &mut Option<u64>| *b).await);
    })
    .await;
    costs(&store, "load", 0, "writing there and back", async |session| {
        get::<u64>(session, "a").await;
        works(session.insert("a", 2).await);
        works(session.insert("a", 1).await);
    })
    .await;
}

pub(crate) async fn one_changed_key_of_many_travels_alone(store: Store) {
    let app = App::new(&store);
    let keys: Vec<String> = (0..1000).map(|number| format!("key{number}")).collect();
    let keys: Vec<(&str, u64)> = keys.iter().map(|key| (&**key, 1)).collect();
    let mut browser = app.signed_in(&keys).await;
    app.request(&mut browser, async |session| {
        works(session.entries().await);
        for (key, value) in &keys {
            works(session.insert(*key, value).await);
        }
        works(session.insert("key500", 2).await);
    })
    .await;
    same(app.count.take(), ("load commit".to_owned(), 1), "one changed key of a thousand must travel alone");
}

pub(crate) async fn a_read_past_the_threshold_is_one_load_and_one_touch(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 1)]).await;
    for (hours, expected) in [(4, "load"), (1, "load touch"), (4, "load"), (1, "load touch")] {
        app.wait(Duration::from_secs(hours * 60 * 60));
        app.request(&mut browser, async |session| _ = get::<u64>(session, "a").await).await;
        cost(&app, expected, "a read must touch the session past the threshold, and not before");
    }
}

pub(crate) async fn a_write_past_the_threshold_extends_in_the_same_commit(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 1)]).await;
    app.wait(Duration::from_secs(20 * 60 * 60));
    app.request(&mut browser, async |session| works(session.insert("a", 2).await)).await;
    cost(&app, "commit", "a write past the threshold must extend in the same commit");
    app.wait(Duration::from_secs(20 * 60 * 60));
    same(app.stored(&browser, "a").await, Some(2), "a write past the threshold must extend the session");
}

pub(crate) async fn with_changes_only_a_read_extends_nothing(store: Store) {
    let app = App::with(&store, |config| config.renew_on(RenewOn::Changes));
    let mut browser = app.signed_in(&[("a", 1)]).await;
    app.wait(Duration::from_secs(20 * 60 * 60));
    app.request(&mut browser, async |session| _ = get::<u64>(session, "a").await).await;
    cost(&app, "load", "a read must not touch where only changes extend");
    app.wait(Duration::from_secs(4 * 60 * 60));
    same(app.stored(&browser, "a").await, None, "a session that no change has extended must expire");
}

pub(crate) async fn a_verified_open_is_the_one_load_of_its_request(store: Store) {
    let app = App::new(&store);
    let mut browser = app.signed_in(&[("a", 1)]).await;
    let session = works(app.here.open_verified(&browser.request()).await);
    get::<u64>(&session, "a").await;
    works(answer(session, &mut browser).await);
    cost(&app, "load", "a verified open must be the one load of its request");
    works(app.here.open_verified(&Browser::default().request()).await);
    cost(&app, "", "a verified open without a cookie must ask nothing");
}
