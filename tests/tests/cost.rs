//! What a request costs: store operations, and keys sent. One test per row of the cost table.

use std::time::Duration;

use session::{ExtendOn, Session};
use session_tests::{App, Browser, Kind, on_every_store};

/// The operations of one request on a session that holds `a` = 1 and `b` = 2, and the keys it sent.
async fn cost(kind: Kind, request: impl AsyncFnOnce(&mut Session)) -> (String, usize) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 1), ("b", 2)]).await;
    let mut session = app.open(&browser);
    request(&mut session).await;
    app.finalize(session, &mut browser).await.unwrap();
    let keys = app.spy.keys_sent();
    (app.spy.take_operations(), keys)
}

fn is(operations: &str, keys: usize) -> (String, usize) {
    (operations.to_owned(), keys)
}

async fn a_request_that_does_not_touch_server_state_costs_nothing(kind: Kind) {
    assert_eq!(cost(kind, async |_| {}).await, is("", 0));
    let client_only = async |session: &mut Session| {
        session.client().get::<u64>("theme").unwrap();
        session.client_mut().insert("theme", 1).unwrap();
        assert!(session.id().is_some());
    };
    assert_eq!(cost(kind, client_only).await, is("", 0));
}

async fn a_request_without_a_record_reads_for_nothing_and_creates_on_its_first_write(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    session.remove_raw("a").await.unwrap();
    assert!(session.is_empty().await.unwrap());
    session.meta().await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), "");
    session.insert("a", 1).await.unwrap();
    session.insert("b", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "create");
}

async fn reading_any_number_of_keys_is_one_load(kind: Kind) {
    let read = async |session: &mut Session| {
        for key in ["a", "b", "c", "a"] {
            session.get::<u64>(key).await.unwrap();
        }
        session.entries().await.unwrap();
        session.meta().await.unwrap();
    };
    assert_eq!(cost(kind, read).await, is("load", 0));
}

async fn only_writing_is_one_commit_of_the_changed_keys(kind: Kind) {
    let write = async |session: &mut Session| {
        session.insert("a", 9).await.unwrap();
        session.unset("b").await.unwrap();
        session.cycle_id();
    };
    assert_eq!(cost(kind, write).await, is("commit", 2));
    assert_eq!(cost(kind, async |session| session.clear().await.unwrap()).await, is("commit", 0));
    assert_eq!(cost(kind, async |session| session.cycle_id()).await, is("commit", 0));
    assert_eq!(cost(kind, async |session| session.set_label("phone")).await, is("commit", 0));
}

async fn reading_what_the_request_wrote_itself_takes_no_load(kind: Kind) {
    let read = async |session: &mut Session| {
        session.insert("a", 9).await.unwrap();
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(9));
        assert_eq!(session.remove::<u64>("a").await.unwrap(), Some(9));
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    };
    assert_eq!(cost(kind, read).await, is("commit", 1));
}

async fn reading_and_writing_is_one_load_and_one_commit(kind: Kind) {
    let both = async |session: &mut Session| {
        session.get::<u64>("a").await.unwrap();
        session.insert("a", 9).await.unwrap();
        session.cycle_id();
    };
    assert_eq!(cost(kind, both).await, is("load commit", 1));
    let remove = async |session: &mut Session| _ = session.remove_raw("a").await.unwrap();
    assert_eq!(cost(kind, remove).await, is("load commit", 1));
}

async fn an_update_is_one_load_and_one_commit_of_its_key(kind: Kind) {
    let add = |a: &mut Option<u64>| *a = a.map(|a| a + 1);
    assert_eq!(cost(kind, async |session| session.update("a", add).await.unwrap()).await, is("load commit", 1));
    let twice = async |session: &mut Session| {
        session.get::<u64>("b").await.unwrap();
        session.update("a", add).await.unwrap();
        session.update("a", add).await.unwrap();
    };
    assert_eq!(cost(kind, twice).await, is("load commit commit", 2));
    let beside_a_write = async |session: &mut Session| {
        session.insert("b", 9).await.unwrap();
        session.update("a", add).await.unwrap();
    };
    assert_eq!(cost(kind, beside_a_write).await, is("load commit commit", 2));
}

async fn a_lost_race_costs_an_update_one_more_commit_and_no_load(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.signed_in(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    let mut other = app.open(&browser);
    other.insert("b", 2).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    app.spy.take_operations();
    session.update("a", |a: &mut Option<u64>| *a = Some(2)).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit commit");
}

async fn ending_is_one_operation_and_beginning_anew_another(kind: Kind) {
    assert_eq!(cost(kind, async |session| session.invalidate()).await, is("delete", 0));
    assert_eq!(cost(kind, async |session| session.delete()).await, is("delete", 0));
    assert_eq!(cost(kind, async |session| session.restart()).await, is("delete", 0));
    let goodbye = async |session: &mut Session| {
        session.restart();
        session.insert("goodbye", 1).await.unwrap();
        session.get::<u64>("a").await.unwrap();
    };
    assert_eq!(cost(kind, goodbye).await, is("delete create", 1));
}

async fn writing_what_is_there_and_removing_what_is_not_is_no_commit(kind: Kind) {
    let idle = async |session: &mut Session| {
        session.get::<u64>("a").await.unwrap();
        session.insert("a", 1).await.unwrap();
        session.unset("z").await.unwrap();
        assert_eq!(session.remove_raw("z").await.unwrap(), None);
        session.update("b", |b: &mut Option<u64>| *b).await.unwrap();
    };
    assert_eq!(cost(kind, idle).await, is("load", 0));
    let there_and_back = async |session: &mut Session| {
        session.get::<u64>("a").await.unwrap();
        session.insert("a", 2).await.unwrap();
        session.insert("a", 1).await.unwrap();
    };
    assert_eq!(cost(kind, there_and_back).await, is("load", 0));
}

async fn one_changed_key_of_many_travels_alone(kind: Kind) {
    let app = App::new(kind).await;
    let keys: Vec<String> = (0..1000).map(|number| format!("key{number}")).collect();
    let keys: Vec<(&str, u64)> = keys.iter().map(|key| (&**key, 1)).collect();
    let mut browser = app.signed_in(&keys).await;
    let mut session = app.open(&browser);
    session.entries().await.unwrap();
    for (key, value) in &keys {
        session.insert(*key, value).await.unwrap();
    }
    session.insert("key500", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.keys_sent(), 1);
    assert_eq!(app.spy.take_operations(), "load commit");
}

async fn a_read_past_the_threshold_is_one_load_and_one_touch(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 1)]).await;
    let hours = |hours: u64| Duration::from_hours(hours);
    for (wait, expected) in [(4, "load"), (1, "load touch"), (4, "load"), (1, "load touch")] {
        app.wait(hours(wait));
        let session = app.open(&browser);
        session.get::<u64>("a").await.unwrap();
        let answer = app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), expected);
        assert_eq!(answer.cookies(), "–", "a touch never sends a token");
    }
}

async fn a_write_past_the_threshold_extends_in_the_same_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 1)]).await;
    app.wait(Duration::from_hours(20));
    let mut session = app.open(&browser);
    session.insert("a", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit");
    app.wait(Duration::from_hours(20));
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn with_changes_only_a_read_extends_nothing(kind: Kind) {
    let app = App::with(kind, |config| config.extend_on(ExtendOn::Changes)).await;
    let mut browser = app.signed_in(&[("a", 1)]).await;
    app.wait(Duration::from_hours(20));
    let session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");
}

async fn a_verified_open_is_the_request_s_one_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.signed_in(&[("a", 1)]).await;
    let session = app.manager.open_verified(&browser.request()).await.unwrap();
    session.get::<u64>("a").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");
    app.manager.open_verified(&Browser::default().request()).await.unwrap();
    assert_eq!(app.spy.take_operations(), "");
}

on_every_store!(
    a_request_that_does_not_touch_server_state_costs_nothing,
    a_request_without_a_record_reads_for_nothing_and_creates_on_its_first_write,
    reading_any_number_of_keys_is_one_load,
    only_writing_is_one_commit_of_the_changed_keys,
    reading_what_the_request_wrote_itself_takes_no_load,
    reading_and_writing_is_one_load_and_one_commit,
    an_update_is_one_load_and_one_commit_of_its_key,
    a_lost_race_costs_an_update_one_more_commit_and_no_load,
    ending_is_one_operation_and_beginning_anew_another,
    writing_what_is_there_and_removing_what_is_not_is_no_commit,
    one_changed_key_of_many_travels_alone,
    a_read_past_the_threshold_is_one_load_and_one_touch,
    a_write_past_the_threshold_extends_in_the_same_commit,
    with_changes_only_a_read_extends_nothing,
    a_verified_open_is_the_request_s_one_load,
);
