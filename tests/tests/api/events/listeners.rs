//! Tests of the events that listeners receive, on every store.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderMap, header};
use session::event::{CredentialKind, DeletionReason, Event, StoreOutcome};
use session::{HeaderConfig, IndexKey, Lifetime, SecretKey, Session, SessionConfig, SessionManager, Transport};
use session_tests::{App, Browser, Fault, Kind, on_every_store, outcome};

const USER: IndexKey<u64> = IndexKey::declare("user");

/// The events of an application, as words.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    fn listen(&self, config: SessionConfig) -> SessionConfig {
        let events = self.clone();
        config.on_event(move |event| events.0.lock().unwrap().push(event.clone()))
    }

    fn take_all(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The events since the last call, except store operations.
    fn take(&self) -> String {
        let words = self.take_all().into_iter().filter_map(|event| match event {
            Event::Created { .. } => Some("created".to_owned()),
            Event::Rotated { .. } => Some("rotated".to_owned()),
            Event::Deleted { reason, .. } => Some(format!("deleted:{}", reason.name())),
            Event::Expired { count, .. } => Some(format!("expired:{count}")),
            Event::Renewed { .. } => Some("renewed".to_owned()),
            Event::Refused { kind, .. } => Some(format!("refused:{kind:?}")),
            Event::Retried { .. } => Some("retried".to_owned()),
            Event::CredentialRejected { credential, .. } => Some(format!("rejected:{}", credential.name())),
            Event::FallbackKeyUsed { key, .. } => Some(format!("fallback:{key}")),
            Event::StoreOperation { .. } => None,
            other => Some(format!("{other:?}")),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The store operations since the last call.
    fn take_operations(&self) -> String {
        let words = self.take_all().into_iter().filter_map(|event| match event {
            Event::StoreOperation { operation, outcome: StoreOutcome::Replied, .. } => {
                Some(operation.name().to_owned())
            }
            Event::StoreOperation { operation, outcome, .. } => {
                Some(format!("{}:{}", operation.name(), outcome.error_type().unwrap()))
            }
            _ => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

async fn observed(kind: Kind) -> (App, Events) {
    observed_with(kind, |config| config).await
}

async fn observed_with(kind: Kind, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> (App, Events) {
    let events = Events::default();
    let app = App::with(kind, |config| events.listen(configure(config))).await;
    (app, events)
}

async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Session)) -> String {
    let mut session = app.open(browser);
    request(&mut session).await;
    outcome(&app.finalize(session, browser).await)
}

async fn the_life_of_a_session_is_reported(kind: Kind) {
    let (app, events) = observed(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    assert_eq!(events.take(), "created");
    request(&app, &mut browser, async |session| session.insert("a", 2).await.unwrap()).await;
    assert_eq!(events.take(), "", "a commit is no event of the session's life");
    request(&app, &mut browser, async |session| session.cycle_id()).await;
    request(&app, &mut browser, async |session| session.renew_token()).await;
    assert_eq!(events.take(), "rotated rotated");
    app.advance(Duration::from_hours(20));
    request(&app, &mut browser, async |session| assert!(session.get::<u64>("a").await.unwrap().is_some())).await;
    assert_eq!(events.take(), "renewed");
    let mut sessions = [app.open(&browser), app.open(&browser)];
    sessions[0].invalidate();
    sessions[0].sync().await.unwrap();
    assert_eq!(events.take(), "deleted:logout");
    sessions[1].cycle_id();
    assert_eq!(outcome(&sessions[1].sync().await), "ok", "without a record, a rotation does nothing");
    assert_eq!(events.take(), "");
}

async fn every_reason_of_a_deletion_is_reported(kind: Kind) {
    let (app, events) = observed_with(kind, |config| config.index_with_limit(USER, 2)).await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(app.browser_with(&[("user", 7)]).await);
        app.advance(Duration::from_secs(1));
    }
    assert_eq!(events.take(), "created created created deleted:limit");
    let id = app.open(&browsers[1]).id().unwrap();
    assert!(app.manager.revoke(USER, &7, id).await.unwrap());
    assert!(!app.manager.revoke(USER, &7, id).await.unwrap());
    assert_eq!(app.manager.revoke_all(USER, &7, None).await.unwrap(), 1);
    let visitor = app.browser_with(&[("a", 1)]).await;
    assert!(app.manager.revoke_id(app.open(&visitor).id().unwrap()).await.unwrap());
    assert_eq!(events.take(), "deleted:revocation deleted:revocation created deleted:revocation");
    for act in [Session::delete, Session::restart, Session::invalidate] {
        let mut browser = app.browser_with(&[("a", 1)]).await;
        request(&app, &mut browser, async |session| act(session)).await;
    }
    assert_eq!(events.take(), "created deleted:application created deleted:logout created deleted:logout");
    let mut browser = app.browser_with(&[("user", 1)]).await;
    request(&app, &mut browser, async |session| session.log_in(USER, 2).await.unwrap()).await;
    assert_eq!(events.take(), "created deleted:application created", "a login as another user");
}

async fn expired_sessions_are_reported_with_their_number(kind: Kind) {
    if kind == Kind::Redis {
        return; // Redis deletes them itself.
    }
    let (app, events) = observed(kind).await;
    for _ in 0..3 {
        app.browser_with(&[("a", 1)]).await;
    }
    app.advance(Duration::from_hours(25));
    events.take();
    assert_eq!(app.manager.delete_expired(2).await.unwrap(), 2);
    assert_eq!(app.manager.delete_expired(2).await.unwrap(), 1);
    assert_eq!(app.manager.delete_expired(2).await.unwrap(), 0);
    assert_eq!(events.take(), "expired:2 expired:1");
}

async fn refused_commits_and_retried_updates_are_reported(kind: Kind) {
    let (app, events) = observed(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let [mut slow, mut fast] = [(); 2].map(|()| app.open(&browser));
    let increment = |value: &mut Option<u64>| *value = value.map(|value| value + 1);
    assert_eq!(slow.get::<u64>("a").await.unwrap(), Some(1));
    events.take();
    fast.update("a", increment).await.unwrap();
    assert_eq!(events.take(), "");
    slow.update("a", increment).await.unwrap();
    assert_eq!(events.take(), "retried");
    let id = slow.id().unwrap();
    slow.cycle_id();
    slow.sync().await.unwrap();
    fast.insert("a", 9).await.unwrap();
    assert_eq!(outcome(&fast.sync().await), "Replaced");
    assert_eq!(events.take(), "rotated refused:Replaced");
    slow.invalidate();
    slow.sync().await.unwrap();
    let mut job = app.manager.by_id(id);
    job.insert("a", 1).await.unwrap();
    assert_eq!(outcome(&job.sync().await), "Ended");
    assert_eq!(events.take(), "deleted:logout refused:Ended");
}

async fn every_store_operation_is_reported_with_its_session(kind: Kind) {
    let (app, events) = observed_with(kind, |config| config.index(USER)).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    request(&app, &mut browser, async |session| {
        assert_eq!(session.get::<u64>("user").await.unwrap(), Some(7));
        session.insert("a", 1).await.unwrap();
    })
    .await;
    app.manager.find(USER, &7).await.unwrap();
    app.manager.delete_expired(10).await.unwrap();
    request(&app, &mut browser, async |session| session.invalidate()).await;
    let seen = app.spy.take_operations();
    let all = events.take_all();
    let id = all[0].session().unwrap();
    for event in &all {
        let is_about_one = !matches!(event, Event::StoreOperation { operation, .. }
            if ["find", "scan", "delete_expired"].contains(&operation.name()));
        assert_eq!(event.session(), is_about_one.then_some(id), "{event:?}");
    }
    events.0.lock().unwrap().extend(all);
    assert_eq!(events.take_operations(), "create load commit find delete_expired delete");
    assert_eq!(seen, "load commit find delete_expired delete", "the spy was reset after the creation");
}

on_every_store!(
    the_life_of_a_session_is_reported,
    every_reason_of_a_deletion_is_reported,
    expired_sessions_are_reported_with_their_number,
    refused_commits_and_retried_updates_are_reported,
    every_store_operation_is_reported_with_its_session,
);

#[tokio::test]
async fn failed_timed_out_and_cancelled_operations_are_reported() {
    let (app, events) = observed_with(Kind::Memory, |config| config.store_timeout(Duration::from_millis(20))).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    events.take_all();
    for (fault, expected) in [(Fault::Refuse, "load:error"), (Fault::Stall, "load:timeout")] {
        app.spy.fail_next("load", fault);
        assert_eq!(outcome(&app.open(&browser).get::<u64>("a").await), "Store");
        assert_eq!(events.take_operations(), expected);
    }
    app.spy.fail_next("load", Fault::Stall);
    let session = app.open(&browser);
    assert!(app.spy.run_until_hang(session.get::<u64>("a")).await.is_none());
    assert_eq!(events.take_operations(), "load:cancelled");
}

#[tokio::test]
async fn a_creation_and_a_rotation_whose_reply_was_lost_are_reported_once() {
    let (app, events) = observed(Kind::Memory).await;
    let mut browser = Browser::default();
    app.spy.fail_next("create", Fault::LoseReply);
    request(&app, &mut browser, async |session| session.insert("a", 1).await.unwrap()).await;
    assert_eq!(events.take(), "created");
    app.spy.fail_next("commit", Fault::LoseReply);
    request(&app, &mut browser, async |session| session.cycle_id()).await;
    assert_eq!(events.take(), "rotated");
}

#[tokio::test]
async fn rejected_credentials_and_fallback_keys_are_reported() {
    let (app, _) = observed(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    request(&app, &mut browser, async |session| session.client_mut().insert("theme", "dark").unwrap()).await;
    let events = Events::default();
    let second = app.key.clone();
    let config = |keys: &[SecretKey]| {
        let config = events.listen(SessionConfig::new(SecretKey::generate()));
        keys.iter().fold(config, |config, key| config.fallback_key(key.clone()))
    };
    let open = async |config: SessionConfig, headers: &HeaderMap| {
        let manager = SessionManager::new(app.spy.clone(), config);
        let session = manager.open(headers);
        _ = session.client().get_raw("theme");
        _ = session.client().get_raw("theme");
        events.take()
    };
    assert_eq!(open(config(&[]), &browser.request()).await, "rejected:session_cookie rejected:state_cookie");
    let keys = [SecretKey::generate(), second];
    assert_eq!(open(config(&keys), &browser.request()).await, "fallback:2", "once for both cookies");
    assert_eq!(open(config(&keys[1..]), &browser.request()).await, "fallback:1");
    assert_eq!(open(config(&[]), &HeaderMap::new()).await, "", "no cookie");
    let headers: HeaderMap = [("session-token".parse().unwrap(), "forged".parse().unwrap())].into_iter().collect();
    let header_config = config(&[]).transport(Transport::Headers(HeaderConfig::new()));
    assert_eq!(open(header_config, &headers).await, "rejected:header_token");
    assert_eq!(CredentialKind::HeaderToken.name(), "header_token");
}

#[tokio::test]
async fn a_request_that_does_not_use_its_session_causes_no_event() {
    let (app, events) = observed(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    events.take_all();
    let mut forged = browser.request();
    forged.append(header::COOKIE, "__Host-id=forged".parse().unwrap());
    for headers in [browser.request(), forged] {
        assert!(app.manager.begin(&headers).end(200, |_| None).await.is_empty());
        app.manager.open(&headers).finalize(&mut HeaderMap::new()).await.unwrap();
    }
    assert_eq!(events.take_all(), []);
}

#[tokio::test]
async fn several_listeners_receive_each_event_in_order() {
    let order: Arc<Mutex<Vec<u8>>> = Arc::default();
    let push = |number: u8| {
        let order = Arc::clone(&order);
        move |event: &Event| {
            if matches!(event, Event::Created { .. }) {
                order.lock().unwrap().push(number);
            }
        }
    };
    let app = App::with(Kind::Memory, |config| config.on_event(push(1)).on_event(push(2))).await;
    app.browser_with(&[("a", 1)]).await;
    assert_eq!(*order.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn a_listener_may_use_the_session_of_the_request() {
    let watched: Arc<Mutex<Option<Session>>> = Arc::default();
    let listener = Arc::clone(&watched);
    let app = App::with(Kind::Memory, |config| {
        let config = config.lifetime(Lifetime::new()).index_with_limit(USER, 1);
        config.on_event(move |_| {
            if let Some(session) = &*listener.lock().unwrap() {
                _ = (session.id(), session.is_replaced(), session.client().get_raw("theme"));
            }
        })
    })
    .await;
    app.browser_with(&[("user", 7)]).await;
    let mut browser = Browser::default();
    let log_in = async |session: &mut Session| {
        *watched.lock().unwrap() = Some(session.handle());
        session.log_in(USER, 7).await.unwrap();
        session.sync().await.unwrap();
        session.update("n", |n: &mut Option<u64>| *n = Some(n.unwrap_or(0) + 1)).await.unwrap();
        session.invalidate();
    };
    assert_eq!(request(&app, &mut browser, log_in).await, "ok");
    *watched.lock().unwrap() = None;
    assert_eq!(DeletionReason::Limit.name(), "limit");
}

/// An application whose listener panics at some events while the switch is on.
async fn with_panics(at: fn(&Event) -> bool) -> (App, Arc<AtomicBool>) {
    let switch = Arc::new(AtomicBool::new(false));
    let is_on = Arc::clone(&switch);
    let listener = move |event: &Event| assert!(!is_on.load(Ordering::SeqCst) || !at(event), "the listener fails");
    (App::with(Kind::Memory, |config| config.on_event(listener)).await, switch)
}

#[tokio::test]
async fn a_session_whose_commit_was_interrupted_by_a_listener_is_sent_to_the_browser() {
    let events: [fn(&Event) -> bool; 2] =
        [|event| matches!(event, Event::StoreOperation { .. }), |event| matches!(event, Event::Created { .. })];
    for at in events {
        let (app, switch) = with_panics(at).await;
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        session.insert("a", 1).await.unwrap();
        switch.store(true, Ordering::SeqCst);
        assert!(AssertUnwindSafe(session.sync()).catch_unwind().await.is_err());
        switch.store(false, Ordering::SeqCst);
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
}

#[tokio::test]
async fn a_listener_that_panics_does_not_end_the_process_of_a_handler_that_panics() {
    let (app, switch) = with_panics(|_| true).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    app.spy.fail_next("load", Fault::Stall);
    let session = app.open(&browser);
    let handler = async {
        let mut load = Box::pin(session.get::<u64>("a"));
        assert!((&mut load).now_or_never().is_none(), "the load waits");
        switch.store(true, Ordering::SeqCst);
        panic!("the handler fails");
    };
    assert!(AssertUnwindSafe(handler).catch_unwind().await.is_err());
}
