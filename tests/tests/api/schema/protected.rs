//! Tests of `secret` and `sealed` fields, and of registered schemas.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use session::event::Event;
use session::store::{DeleteCondition, Timestamp};
use session::{ErrorKind, IndexKey, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Side, Snapshot};
use session_tests::{App, Browser, Fault, Kind, on_every_store};

use crate::schema::as_text;

on_every_store!(
    a_sealed_value_is_read_by_later_requests_and_the_store_holds_no_plain_text,
    storing_an_equal_sealed_value_is_no_commit,
    an_update_of_a_sealed_value_is_atomic,
    a_plain_value_of_a_sealed_key_is_an_error_unless_the_field_accepts_it,
    a_sealed_value_is_read_through_an_alias_and_moves_to_the_new_key,
    a_kept_alias_stays_the_key_of_a_sealed_value,
    a_fallback_key_opens_a_sealed_value_until_the_value_is_stored_again,
    a_sealed_write_to_an_expired_session_starts_a_new_one,
    a_sealed_value_survives_a_cancelled_commit,
    a_field_that_is_sealed_no_longer_reads_sealed_values,
    the_raw_key_api_reads_and_writes_sealed_values,
    a_snapshot_omits_secrets_and_shows_sealed_values,
    inspectors_redact_secrets_of_schemas_in_use,
    a_registered_schema_applies_to_requests_that_do_not_use_it,
);

const SECRETS: [&str; 6] = ["hunter2", "correct-horse", "battery", "staple", "4711", "saved!"];

#[derive(SessionSchema)]
struct Account {
    name: String,
    #[session(secret)]
    form_token: String,
    #[session(secret, sealed)]
    refresh_token: String,
    #[session(sealed, default)]
    scopes: Vec<String>,
    #[session(sealed, flash)]
    notice: String,
    #[session(sealed, with = "as_text")]
    pin: u64,
    #[session(secret, client)]
    device: String,
    #[session(nested)]
    bank: Bank,
}

#[derive(SessionSchema)]
#[session(prefix = "bank.")]
struct Bank {
    #[session(sealed)]
    iban: String,
}

/// One request that uses `Account` in a session.
async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Session)) -> String {
    app.spy.take_operations();
    let mut session = app.open(browser);
    request(&mut session).await;
    app.finalize(session, browser).await.unwrap();
    app.spy.take_operations()
}

/// The texts that the store holds for the session of this browser.
async fn stored(app: &App, browser: &Browser) -> Vec<(String, String)> {
    let id = app.open(browser).id().unwrap();
    let record = app.spy.inner().load(&id, Timestamp::from(app.now())).await.unwrap().unwrap();
    record.values.iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect()
}

async fn stored_text(app: &App, browser: &Browser, key: &str) -> String {
    stored(app, browser).await.into_iter().find(|(stored, _)| stored == key).map_or_else(String::new, |(_, text)| text)
}

async fn assert_no_plain_text(app: &App, browser: &Browser, sealed_keys: usize) {
    let stored = stored(app, browser).await;
    for (key, text) in &stored {
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{key} is stored in plain text");
    }
    let sealed = stored.iter().filter(|(_, text)| text.starts_with("\"sealed:")).count();
    assert_eq!(sealed, sealed_keys, "sealed values");
}

async fn set_all(session: &mut Session) {
    let mut account = session.typed_mut::<Account>();
    account.set_name("Ada".to_owned()).unwrap();
    account.set_refresh_token("hunter2".to_owned()).unwrap();
    account.set_scopes(vec!["correct-horse".to_owned()]).unwrap();
    account.set_notice("saved!".to_owned()).unwrap();
    account.set_pin(4711).unwrap();
    account.bank_mut().set_iban("staple".to_owned()).unwrap();
}

async fn assert_all(session: &Session) {
    let account = session.typed::<Account>();
    assert_eq!(account.name().await.unwrap().as_deref(), Some("Ada"));
    assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some("hunter2"));
    assert_eq!(account.scopes().await.unwrap(), ["correct-horse"]);
    assert_eq!(account.peek_notice().await.unwrap().as_deref(), Some("saved!"));
    assert_eq!(account.pin().await.unwrap(), Some(4711));
    assert_eq!(account.bank().iban().await.unwrap().as_deref(), Some("staple"));
}

async fn a_sealed_value_is_read_by_later_requests_and_the_store_holds_no_plain_text(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| {
        set_all(session).await;
        assert_all(session).await;
        session.sync().await.unwrap();
        assert_all(session).await;
    };
    assert_eq!(request(&app, &mut browser, set).await, "create");
    assert_no_plain_text(&app, &browser, 5).await;
    assert_eq!(request(&app, &mut browser, async |session| assert_all(session).await).await, "load");

    let rotate_and_set = async |session: &mut Session| {
        session.cycle_id();
        session.typed_mut::<Account>().set_refresh_token("battery".to_owned()).unwrap();
        session.sync().await.unwrap();
        let account = session.typed_mut::<Account>();
        assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some("battery"));
        assert_eq!(account.pin().await.unwrap(), Some(4711));
    };
    request(&app, &mut browser, rotate_and_set).await;
    assert_no_plain_text(&app, &browser, 5).await;

    let update = async |session: &mut Session| {
        let mut account = session.typed_mut::<Account>();
        account.update_scopes(|scopes| scopes.push("staple".to_owned())).await.unwrap();
        assert_eq!(account.scopes().await.unwrap(), ["correct-horse", "staple"]);
        assert_eq!(account.take_notice().await.unwrap().as_deref(), Some("saved!"));
        assert_eq!(account.remove_pin().await.unwrap(), Some(4711));
    };
    assert_eq!(request(&app, &mut browser, update).await, "load commit commit");
    assert_no_plain_text(&app, &browser, 3).await;
    let removed = async |session: &mut Session| {
        let account = session.typed::<Account>();
        assert_eq!((account.peek_notice().await.unwrap(), account.pin().await.unwrap()), (None, None));
        assert_eq!(account.scopes().await.unwrap(), ["correct-horse", "staple"]);
    };
    request(&app, &mut browser, removed).await;
}

async fn storing_an_equal_sealed_value_is_no_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let before = stored(&app, &browser).await;

    let set_again = async |session: &mut Session| {
        assert_all(session).await;
        set_all(session).await;
    };
    assert_eq!(request(&app, &mut browser, set_again).await, "load");
    let update = async |session: &mut Session| {
        session.typed_mut::<Account>().update_scopes(|_| ()).await.unwrap();
        session.typed_mut::<Account>().update_pin(|pin| *pin = Some(4711)).await.unwrap();
    };
    assert_eq!(request(&app, &mut browser, update).await, "load");
    let log_in =
        async |session: &mut Session| session.log_in(Account::REFRESH_TOKEN, "hunter2".to_owned()).await.unwrap();
    assert_eq!(request(&app, &mut browser, log_in).await, "load commit", "the session keeps its user");
    assert_eq!(stored(&app, &browser).await, before);
}

async fn an_update_of_a_sealed_value_is_atomic(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let (mut one, mut other) = (app.open(&browser).typed_mut::<Account>(), app.open(&browser).typed_mut::<Account>());
    assert_eq!((one.scopes().await.unwrap().len(), other.scopes().await.unwrap().len()), (1, 1));
    one.update_scopes(|scopes| scopes.push("one".to_owned())).await.unwrap();
    other.update_scopes(|scopes| scopes.push("other".to_owned())).await.unwrap();
    let scopes = app.open(&browser).typed::<Account>().scopes().await.unwrap();
    assert_eq!(scopes, ["correct-horse", "one", "other"]);
}

#[derive(SessionSchema)]
struct Strict {
    #[session(sealed)]
    token: String,
}

#[derive(SessionSchema)]
struct Migrating {
    #[session(sealed, migrate = "from_plain")]
    token: String,
}

#[derive(SessionSchema)]
struct Ignoring {
    #[session(sealed, default, on_invalid = "default")]
    token: String,
}

fn from_plain(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

async fn a_plain_value_of_a_sealed_key_is_an_error_unless_the_field_accepts_it(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let insert_plain = async |session: &mut Session| {
        session.insert("token", "hunter2").await.unwrap();
        let error = session.typed::<Strict>().token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "before the commit");
        assert_eq!(session.entries().await.unwrap()["token"], "[redacted]", "the schema is in use");
    };
    request(&app, &mut browser, insert_plain).await;
    assert_eq!(stored_text(&app, &browser, "token").await, "\"hunter2\"");

    let read = async |session: &mut Session| {
        let mut strict = session.typed_mut::<Strict>();
        let getter = strict.token().await.unwrap_err();
        let snapshot = strict.snapshot().await.map(|_| ()).unwrap_err();
        let removal = strict.remove_token().await.unwrap_err();
        let update = strict.update_token(|_| unreachable!("the value is invalid")).await.unwrap_err();
        for error in [getter, snapshot, removal, update] {
            assert_eq!(error.kind(), ErrorKind::Value);
            let text = format!("{error} {error:?}");
            assert!(text.contains("`token`") && text.contains("`sealed`") && !text.contains("hunter2"), "{text}");
        }
        assert_eq!(session.typed::<Ignoring>().token().await.unwrap(), "");
        assert_eq!(session.typed::<Migrating>().token().await.unwrap().as_deref(), Some("hunter2"));
    };
    assert_eq!(request(&app, &mut browser, read).await, "load");

    let migrate = async |session: &mut Session| {
        session.typed_mut::<Migrating>().update_token(|_| ()).await.unwrap();
        assert_eq!(session.typed::<Strict>().token().await.unwrap().as_deref(), Some("hunter2"));
    };
    assert_eq!(request(&app, &mut browser, migrate).await, "load commit");
    assert!(stored_text(&app, &browser, "token").await.starts_with("\"sealed:"));
}

#[derive(SessionSchema)]
struct Renamed {
    #[session(sealed, alias = "token")]
    refresh_token: String,
}

async fn a_sealed_value_is_read_through_an_alias_and_moves_to_the_new_key(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| session.typed_mut::<Strict>().set_token("hunter2".to_owned()).unwrap();
    request(&app, &mut browser, set).await;
    let update = async |session: &mut Session| {
        let mut renamed = session.typed_mut::<Renamed>();
        assert_eq!(renamed.refresh_token().await.unwrap().as_deref(), Some("hunter2"));
        renamed.update_refresh_token(|_| ()).await.unwrap();
    };
    assert_eq!(request(&app, &mut browser, update).await, "load commit");
    assert_eq!(stored_text(&app, &browser, "token").await, "");
    let read = app.open(&browser).typed::<Renamed>().refresh_token().await.unwrap();
    assert_eq!(read.as_deref(), Some("hunter2"));
}

async fn a_kept_alias_stays_the_key_of_a_sealed_value(kind: Kind) {
    #[derive(SessionSchema)]
    struct Next {
        #[session(sealed, kept_alias = "token")]
        refresh_token: String,
    }
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set =
        async |session: &mut Session| session.typed_mut::<Next>().set_refresh_token("hunter2".to_owned()).unwrap();
    request(&app, &mut browser, set).await;
    let session = app.open(&browser);
    assert_eq!(session.typed::<Strict>().token().await.unwrap().as_deref(), Some("hunter2"));
    assert_eq!(session.typed::<Next>().refresh_token().await.unwrap().as_deref(), Some("hunter2"));
}

#[derive(SessionSchema)]
struct DiscardingAccount {
    #[session(sealed, on_invalid = "discard")]
    refresh_token: String,
}

async fn a_fallback_key_opens_a_sealed_value_until_the_value_is_stored_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let id = app.open(&browser).id().unwrap();
    let (new, now) = (SecretKey::generate(), app.now());
    let events = Arc::new(AtomicUsize::new(0));
    let manager = |config: SessionConfig| {
        let events = Arc::clone(&events);
        let count = move |event: &Event| {
            if let Event::FallbackKeyUsed { key: 1, .. } = event {
                events.fetch_add(1, Ordering::Relaxed);
            }
        };
        SessionManager::new(app.spy.clone(), config.clock(move || now).on_event(count))
    };
    let with_fallback = manager(SessionConfig::new(new.clone()).fallback_key(app.key.clone()));
    let without_fallback = manager(SessionConfig::new(new));
    let read = async |manager: &SessionManager| manager.by_id(id).typed::<Account>().refresh_token().await;

    assert_eq!(read(&with_fallback).await.unwrap().as_deref(), Some("hunter2"));
    assert_eq!(events.load(Ordering::Relaxed), 1);
    let error = read(&without_fallback).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().contains("cannot be decrypted"), "{error}");
    let mut session = without_fallback.by_id(id);
    let migrating = session.typed_mut::<MigratingAccount>();
    assert_eq!(
        migrating.refresh_token().await.unwrap_err().kind(),
        ErrorKind::Value,
        "an encrypted text is not migrated"
    );

    let mut session = without_fallback.by_id(id);
    let mut discarding = session.typed_mut::<DiscardingAccount>();
    assert_eq!(discarding.refresh_token().await.unwrap(), None, "`on_invalid` ignores it");
    discarding.try_update_refresh_token(|token| Err::<(), _>(token.take())).await.unwrap().unwrap_err();

    app.spy.take_operations();
    with_fallback.by_id(id).typed_mut::<Account>().update_refresh_token(|_| ()).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(read(&without_fallback).await.unwrap().as_deref(), Some("hunter2"));
    with_fallback.by_id(id).typed_mut::<Account>().update_refresh_token(|_| ()).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load load", "it is stored with the current key already");

    let mut session = with_fallback.by_id(id);
    let mut account = session.typed_mut::<Account>();
    assert_eq!(account.pin().await.unwrap(), Some(4711));
    account.set_pin(4711).unwrap();
    session.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(without_fallback.by_id(id).typed::<Account>().pin().await.unwrap(), Some(4711));
}

#[derive(SessionSchema)]
struct MigratingAccount {
    #[session(sealed, migrate = "from_plain")]
    refresh_token: String,
}

async fn a_sealed_write_to_an_expired_session_starts_a_new_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let id = app.open(&browser).id().unwrap();
    app.spy.inner().delete(&id, DeleteCondition::None, Timestamp::from(app.now())).await.unwrap();
    assert_eq!(request(&app, &mut browser, set_all).await, "commit create");
    assert_ne!(app.open(&browser).id(), Some(id));
    assert_all(&app.open(&browser)).await;
    assert_no_plain_text(&app, &browser, 5).await;

    let restart = async |session: &mut Session| {
        session.restart();
        set_all(session).await;
    };
    assert_eq!(request(&app, &mut browser, restart).await, "delete create");
    assert_all(&app.open(&browser)).await;
}

async fn a_sealed_value_survives_a_cancelled_commit(kind: Kind) {
    for (fault, rotates) in [(Fault::Stall, true), (Fault::Hang, true), (Fault::Hang, false)] {
        let app = App::new(kind).await;
        let mut browser = Browser::default();
        request(&app, &mut browser, set_all).await;
        let mut session = app.open(&browser);
        if rotates {
            session.cycle_id();
        }
        session.typed_mut::<Account>().set_refresh_token("battery".to_owned()).unwrap();
        app.spy.fail_next("commit", fault);
        assert!(app.spy.run_until_hang(session.sync()).await.is_none());
        let account = session.typed::<Account>();
        assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some("battery"), "{fault:?}");
        app.finalize(session, &mut browser).await.unwrap();
        assert_no_plain_text(&app, &browser, 5).await;
        let read = app.open(&browser).typed::<Account>().refresh_token().await.unwrap();
        assert_eq!(read.as_deref(), Some("battery"), "{fault:?}");
    }
}

async fn a_field_that_is_sealed_no_longer_reads_sealed_values(kind: Kind) {
    #[derive(SessionSchema)]
    struct Unsealed {
        token: String,
    }
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| session.typed_mut::<Strict>().set_token("hunter2".to_owned()).unwrap();
    request(&app, &mut browser, set).await;
    let unseal = async |session: &mut Session| {
        let mut unsealed = session.typed_mut::<Unsealed>();
        assert_eq!(unsealed.token().await.unwrap().as_deref(), Some("hunter2"));
        assert_eq!(unsealed.snapshot().await.unwrap().token.as_deref(), Some("hunter2"));
        unsealed.set_token("hunter2".to_owned()).unwrap();
    };
    assert_eq!(request(&app, &mut browser, unseal).await, "load commit");
    assert_eq!(stored_text(&app, &browser, "token").await, "\"hunter2\"");
}

async fn the_raw_key_api_reads_and_writes_sealed_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let raw = async |session: &mut Session| {
        assert_eq!(session.get::<String>("refresh_token").await.unwrap().as_deref(), Some("hunter2"));
        assert_eq!(session.get_raw(&Account::SCOPES).await.unwrap(), Some(json!(["correct-horse"])));
        assert_eq!(session.remove_raw("pin").await.unwrap(), Some(json!("pin-4711")));
    };
    assert_eq!(request(&app, &mut browser, raw).await, "load commit");

    let write = async |session: &mut Session| {
        let account = session.typed::<Account>();
        session.insert("refresh_token", "battery").await.unwrap();
        session.insert(Account::PIN, 4711).await.unwrap();
        session
            .update("scopes", |scopes: &mut Option<Vec<String>>| *scopes = Some(vec!["staple".into()]))
            .await
            .unwrap();
        assert_eq!(session.get_raw("refresh_token").await.unwrap(), Some(json!("battery")), "before the commit");
        assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some("battery"));
    };
    request(&app, &mut browser, write).await;
    assert_no_plain_text(&app, &browser, 5).await;
    let session = app.open(&browser);
    let account = session.typed::<Account>();
    assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some("battery"));
    assert_eq!(
        (account.pin().await.unwrap(), account.scopes().await.unwrap()),
        (Some(4711), vec!["staple".to_owned()])
    );

    // A plain text that looks like a sealed one is a value like any other.
    for text in ["sealed:", "sealed:AAAA", "sealed:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        request(&app, &mut browser, async |session| session.insert("looks", text).await.unwrap()).await;
        let session = app.open(&browser);
        assert_eq!(session.get::<String>("looks").await.unwrap().as_deref(), Some(text));
        assert_eq!(session.entries().await.unwrap()["looks"], text);
    }
}

async fn a_snapshot_omits_secrets_and_shows_sealed_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| {
        set_all(session).await;
        session.typed_mut::<Account>().set_form_token("battery".to_owned()).unwrap();
        let pending: Snapshot<Account> = session.snapshot::<Account>().await.unwrap();
        assert_eq!(pending.scopes, ["correct-horse"]);
    };
    request(&app, &mut browser, set).await;
    let snapshot = app.open(&browser).snapshot::<Account>().await.unwrap();
    let expected =
        json!({ "name": "Ada", "scopes": ["correct-horse"], "pin": "pin-4711", "bank": { "iban": "staple" } });
    assert_eq!(serde_json::to_value(&snapshot).unwrap(), expected);
}

async fn inspectors_redact_secrets_of_schemas_in_use(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| {
        set_all(session).await;
        let mut account = session.typed_mut::<Account>();
        account.set_form_token("battery".to_owned()).unwrap();
        account.set_device("battery".to_owned()).unwrap();
        let entries = session.entries().await.unwrap();
        assert!(!SECRETS.iter().any(|secret| json!(entries).to_string().contains(secret)), "before the commit");
    };
    request(&app, &mut browser, set).await;

    let session = app.open(&browser);
    let entries = session.entries().await.unwrap();
    assert_eq!(entries["form_token"], "battery", "no schema is in use");
    for sealed in ["refresh_token", "scopes", "notice", "pin", "bank.iban"] {
        assert_eq!(entries[sealed], "[redacted]");
    }
    assert_eq!(session.client().entries()["device"], "battery");
    let account = session.typed::<Account>();
    assert_eq!(account.entries().await.unwrap()["form_token"], "[redacted]");
    assert_eq!(account.client().entries()["device"], "[redacted]");
    assert_eq!(account.entries().await.unwrap()["name"], "Ada");
    assert_eq!(account.get_raw("form_token").await.unwrap(), Some(json!("battery")), "read on purpose");
    assert_eq!(account.client().get_raw("device"), Some(json!("battery")));
}

#[tokio::test]
async fn a_detached_handle_protects_the_schemas_of_its_request() {
    let app = App::new(Kind::Memory).await;
    let mut browser = Browser::default();
    let set = async |session: &mut Session| session.typed_mut::<Account>().set_form_token("battery".into()).unwrap();
    request(&app, &mut browser, set).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Account>().name().await.unwrap();
    let mut detached = session.detached().unwrap();
    assert_eq!(detached.entries().await.unwrap()["form_token"], "[redacted]");
    detached.insert("refresh_token", "hunter2").await.unwrap();
    detached.sync().await.unwrap();
    assert!(stored_text(&app, &browser, "refresh_token").await.starts_with("\"sealed:"));
}

#[derive(SessionSchema)]
#[session(retired = "old", retired_client = "old")]
struct Registered {
    #[session(index)]
    user: u64,
    #[session(secret, alias = "former")]
    form_token: String,
    #[session(sealed)]
    refresh_token: String,
    #[session(client, secret)]
    device: String,
}

async fn a_registered_schema_applies_to_requests_that_do_not_use_it(kind: Kind) {
    let (store, _folder) = kind.store().await;
    let before = App::on_store(Arc::clone(&store), |config| config);
    let key = before.key.clone();
    let config = |_| {
        let limited = SessionConfig::new(key).index_with_limit(Registered::USER, 1);
        let now = before.now();
        limited.schema::<Registered>().schema::<Account>().schema::<Registered>().clock(move || now)
    };
    let app = App::on_store(store, config);
    let mut browser = before.browser_with(&[("old", 1), ("kept", 1)]).await;
    let set_client = async |session: &mut Session| session.client_mut().insert("old", 1).unwrap();
    request(&before, &mut browser, set_client).await;

    let raw = async |session: &mut Session| {
        assert_eq!(session.get::<u64>("kept").await.unwrap(), Some(1));
        session.insert("refresh_token", "hunter2").await.unwrap();
        session.insert("former", "battery").await.unwrap();
        session.client_mut().insert("device", "battery").unwrap();
        let entries = session.entries().await.unwrap();
        assert_eq!((&entries["former"], &entries["refresh_token"]), (&json!("[redacted]"), &json!("[redacted]")));
        assert_eq!(session.client().entries()["device"], "[redacted]");
    };
    assert_eq!(request(&app, &mut browser, raw).await, "load commit");
    assert_eq!(stored_text(&app, &browser, "old").await, "");
    assert!(stored_text(&app, &browser, "refresh_token").await.starts_with("\"sealed:"));
    assert!(!app.open(&browser).client().entries().contains_key("old"));
    let token = app.open(&browser).typed::<Registered>().refresh_token().await.unwrap();
    assert_eq!(token.as_deref(), Some("hunter2"));

    let log_in = async |session: &mut Session| session.typed_mut::<Registered>().set_user(7).unwrap();
    request(&app, &mut browser, log_in).await;
    assert_eq!(app.manager.find(Registered::USER, &7).await.unwrap().len(), 1);
    request(&app, &mut Browser::default(), log_in).await;
    assert_eq!(app.manager.find(Registered::USER, &7).await.unwrap().len(), 1, "the limit still applies");
}

#[tokio::test]
async fn a_schema_registered_before_a_limit_keeps_the_limit() {
    let key: IndexKey<u64> = Registered::USER;
    let app = App::with(Kind::Memory, |config| config.schema::<Registered>().index_with_limit(key, 1)).await;
    for _ in 0..3 {
        let log_in = async |session: &mut Session| session.typed_mut::<Registered>().set_user(7).unwrap();
        request(&app, &mut Browser::default(), log_in).await;
    }
    assert_eq!(app.manager.find(Registered::USER, &7).await.unwrap().len(), 1);
}

#[test]
fn a_schema_describes_its_secret_and_sealed_fields() {
    let describe = |field: &session::FieldInfo| (field.name(), field.side(), field.is_secret(), field.is_sealed());
    let fields: Vec<_> = Registered::schema().fields().iter().map(describe).collect();
    let expected = [
        ("user", Side::Server, false, false),
        ("form_token", Side::Server, true, false),
        ("refresh_token", Side::Server, false, true),
        ("device", Side::Client, true, false),
    ];
    assert_eq!(fields, expected);
}
