//! Tests of `expires_in`: values that expire before their session.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use session::store::Timestamp;
use session::{Session, SessionConfig, SessionSchema, Typed};
use session_tests::{App, Arrival, Browser, Fault, Kind, on_every_store};

on_every_store!(
    a_value_reads_as_absent_after_its_time_by_the_configured_clock,
    a_request_that_only_reads_deletes_nothing,
    the_next_commit_after_a_load_deletes_expired_values,
    a_commit_without_a_load_deletes_nothing,
    a_commit_without_expired_values_has_no_condition,
    a_value_that_another_request_sets_meanwhile_survives,
    a_later_commit_of_the_request_keeps_it_too,
    a_rotation_deletes_expired_values_and_survives_a_conflict,
    a_lost_reply_of_a_commit_that_deletes_expired_values_is_resolved,
    a_cancelled_commit_that_deletes_expired_values_is_sent_again,
    a_cancelled_rotation_that_deletes_expired_values_survives_another_commit,
    an_update_sees_an_expired_value_as_absent_and_starts_the_time_again,
    an_update_deletes_other_expired_values_under_its_revision,
    an_update_of_an_expired_value_keeps_a_concurrent_one,
    taking_an_expired_value_keeps_a_concurrent_one,
    a_value_can_expire_after_another_time,
    setting_an_equal_value_moves_the_time,
    a_plain_value_from_before_the_attribute_reads_as_absent,
    a_value_stays_readable_after_the_attribute_is_removed,
    the_attribute_combines_with_the_others,
    an_expired_client_value_is_deleted_with_the_next_state_cookie,
    the_raw_key_api_reads_and_writes_expiring_values,
    a_value_of_the_application_in_the_stored_form_is_unchanged,
    a_registered_schema_deletes_expired_values_of_requests_that_do_not_use_it,
    a_detached_handle_deletes_expired_values,
    an_expired_entry_of_a_keyed_field_is_absent_and_deleted,
    a_typed_key_gives_its_expiry_time_to_raw_values,
);

const TEN_MINUTES: Duration = Duration::from_mins(10);

#[derive(SessionSchema)]
struct Login {
    name: String,
    #[session(expires_in = "10m")]
    otp: String,
    #[session(expires_in = "1h", default)]
    attempts: u32,
    #[session(expires_in = "10m", flash)]
    notice: String,
    #[session(expires_in = "10m", sealed, secret)]
    verifier: String,
    #[session(expires_in = "10m", client)]
    hint: String,
    #[session(client, default)]
    dark: bool,
}

/// The keys in an earlier release, in which nothing expires.
#[derive(SessionSchema)]
struct Before {
    otp: String,
    attempts: u32,
    #[session(client)]
    hint: String,
}

/// One request that uses `Login`. Returns its store operations.
async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Typed<Login>)) -> String {
    app.spy.take_operations();
    let mut session = app.open(browser);
    request(&mut session.typed_mut::<Login>()).await;
    app.finalize(session, browser).await.unwrap();
    app.spy.take_operations()
}

async fn set_all(login: &mut Typed<Login>) {
    login.set_name("Ada".to_owned()).unwrap();
    login.set_otp("123456".to_owned()).unwrap();
    login.set_attempts(2).unwrap();
    login.set_notice("sent".to_owned()).unwrap();
    login.set_verifier("pkce".to_owned()).unwrap();
    login.set_hint("inbox".to_owned()).unwrap();
}

/// A browser with all values, of which all but `attempts` have expired.
async fn expired(app: &App) -> Browser {
    let mut browser = Browser::default();
    request(app, &mut browser, set_all).await;
    app.advance(TEN_MINUTES);
    browser
}

/// The keys in the store, with expired values.
async fn stored_keys(app: &App, browser: &Browser) -> String {
    let id = app.open(browser).id().unwrap();
    let record = app.spy.inner().load(&id, Timestamp::from(app.now())).await.unwrap().unwrap();
    record.values.iter().map(|(key, _)| key.to_owned()).collect::<Vec<_>>().join(" ")
}

async fn otp(app: &App, browser: &Browser) -> Option<String> {
    app.open(browser).typed::<Login>().otp().await.unwrap()
}

async fn a_value_reads_as_absent_after_its_time_by_the_configured_clock(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        set_all(login).await;
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"), "before the commit");
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
    })
    .await;
    app.advance(Duration::from_millis(10 * 60 * 1000 - 1));
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
        assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("sent"));
        assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
        assert_eq!(login.snapshot().await.unwrap().otp.as_deref(), Some("123456"));
        let expected = json!({
            "name": "Ada", "otp": "123456", "attempts": 2, "notice": "sent", "verifier": "[redacted]",
        });
        assert_eq!(Value::from(login.entries().await.unwrap()), expected);
        assert_eq!(Value::from(login.client().entries()), json!({ "hint": "inbox" }));
    })
    .await;

    app.advance(Duration::from_millis(1));
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.verifier().await.unwrap(), None);
        assert_eq!(login.peek_notice().await.unwrap(), None);
        assert_eq!(login.hint().unwrap(), None);
        assert_eq!(login.attempts().await.unwrap(), 2);
        let snapshot = login.snapshot().await.unwrap();
        assert_eq!((snapshot.otp, snapshot.hint, snapshot.attempts), (None, None, 2));
        assert_eq!(login.get::<String>("otp").await.unwrap(), None);
        assert_eq!(login.get_raw("verifier").await.unwrap(), None);
        assert_eq!(login.client().get_raw("hint"), None);
        assert_eq!(Value::from(login.entries().await.unwrap()), json!({ "name": "Ada", "attempts": 2 }));
        assert!(login.client().is_empty() && login.client().entries().is_empty());
        assert!(!login.is_empty().await.unwrap());
        // A write makes the next reads take another path.
        login.set_dark(true).unwrap();
        login.set_name("Eve".to_owned()).unwrap();
        assert_eq!((login.otp().await.unwrap(), login.verifier().await.unwrap()), (None, None));
    })
    .await;

    app.advance(Duration::from_hours(1));
    assert_eq!(app.open(&browser).typed::<Login>().attempts().await.unwrap(), 0);
    request(&app, &mut browser, async |login| login.unset_name().unwrap()).await;
    let session = app.open(&browser);
    assert!(session.is_empty().await.unwrap(), "only expired values");
    assert!(session.entries().await.unwrap().is_empty());
}

async fn a_request_that_only_reads_deletes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.take_notice().await.unwrap(), None);
        assert_eq!(login.remove_otp().await.unwrap(), None);
    })
    .await;
    assert_eq!(operations, "load");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name notice otp verifier");
}

async fn the_next_commit_after_a_load_deletes_expired_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"));
        login.set_otp("654321".to_owned()).unwrap();
        login.sync().await.unwrap();
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    })
    .await;
    assert_eq!(operations, "load commit");
}

async fn a_commit_without_a_load_deletes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| login.set_name("Eve".to_owned()).unwrap()).await;
    assert_eq!(operations, "commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name notice otp verifier");
}

/// With a condition on the revision, the commit would be sent twice.
async fn a_commit_without_expired_values_has_no_condition(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_attempts(3).unwrap()).await;
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "commit");
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
}

async fn a_value_that_another_request_sets_meanwhile_survives(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        request(&app, &mut other, async |login| {
            login.set_otp("654321".to_owned()).unwrap();
            login.set_verifier("new".to_owned()).unwrap();
        })
        .await;
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "commit commit", "once more without the deletions");
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("new"));
    assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"));
}

/// After its first commit, the request knows the current revision, but not the values of the other request.
async fn a_later_commit_of_the_request_keeps_it_too(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        login.set_name("Eve".to_owned()).unwrap();
        login.sync().await.unwrap();
        login.set_name("Eda".to_owned()).unwrap();
        login.sync().await.unwrap();
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
}

async fn a_rotation_deletes_expired_values_and_survives_a_conflict(kind: Kind) {
    for has_conflict in [false, true] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let mut other = browser.clone();
        let old = browser.clone();
        request(&app, &mut browser, async |login| {
            login.name().await.unwrap();
            if has_conflict {
                request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
            }
            login.cycle_id();
            login.set_label("phone");
            login.set_verifier("own".to_owned()).unwrap();
        })
        .await;
        assert_ne!(browser.cookies, old.cookies);
        let keys = if has_conflict { "attempts name notice otp verifier" } else { "attempts name verifier" };
        assert_eq!(stored_keys(&app, &browser).await, keys);
        let session = app.open(&browser);
        assert_eq!(session.typed::<Login>().verifier().await.unwrap().as_deref(), Some("own"));
        assert_eq!(session.typed::<Login>().otp().await.unwrap().is_some(), has_conflict);
        assert_eq!(session.meta().await.unwrap().unwrap().label.as_deref(), Some("phone"));
    }
}

async fn a_lost_reply_of_a_commit_that_deletes_expired_values_is_resolved(kind: Kind) {
    // A rotation is found by its token.
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        login.cycle_id();
        login.set_name("Eve".to_owned()).unwrap();
        app.spy.fail_next("commit", Fault::LoseReply);
        login.sync().await.unwrap();
    })
    .await;
    assert_eq!(operations, "load commit load");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    // A commit without a new token is an error, as without expired values.
    let mut session = app.open(&browser);
    session.typed_mut::<Login>().set_otp("1".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);
    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.name().await.unwrap();
    login.set_name("Eda".to_owned()).unwrap();
    app.spy.fail_next("commit", Fault::LoseReply);
    assert!(login.sync().await.is_err());
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");
}

/// Drops a commit when its store operation hangs.
async fn cancelled_commit(app: &App, browser: &Browser, fault: Fault, rotates: bool) -> Session {
    let mut session = app.open(browser);
    let mut login = session.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    if rotates {
        session.cycle_id();
    }
    login.set_name("Eve".to_owned()).unwrap();
    app.spy.fail_next("commit", fault);
    assert!(app.spy.run_until_hang(session.sync()).await.is_none());
    session
}

async fn a_cancelled_commit_that_deletes_expired_values_is_sent_again(kind: Kind) {
    for fault in [Fault::Hang, Fault::Stall, Fault::Late(Arrival::Before), Fault::Late(Arrival::After)] {
        for rotates in [false, true] {
            let app = App::new(kind).await;
            let mut browser = expired(&app).await;
            let session = cancelled_commit(&app, &browser, fault, rotates).await;
            app.finalize(session, &mut browser).await.unwrap();
            assert_eq!(stored_keys(&app, &browser).await, "attempts name", "{fault:?} {rotates}");
            let login = app.open(&browser).typed::<Login>();
            assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"), "{fault:?} {rotates}");
        }
    }
}

/// The record has another revision when the rotation is sent again, so the first one can never be stored.
async fn a_cancelled_rotation_that_deletes_expired_values_survives_another_commit(kind: Kind) {
    for fault in [Fault::Stall, Fault::Late(Arrival::After)] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let session = cancelled_commit(&app, &browser, fault, true).await;
        request(&app, &mut browser.clone(), async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        app.finalize(session, &mut browser).await.unwrap();
        let login = app.open(&browser).typed::<Login>();
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"), "{fault:?}");
        assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"), "{fault:?}");
    }
}

async fn an_update_sees_an_expired_value_as_absent_and_starts_the_time_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    request(&app, &mut browser, async |login| {
        login
            .update_otp(|otp| {
                assert_eq!(otp.as_deref(), None);
                *otp = Some("654321".to_owned());
            })
            .await
            .unwrap();
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
        login.update_hint(|hint| assert_eq!(*hint, None)).unwrap();
    })
    .await;
    app.advance(Duration::from_millis(10 * 60 * 1000 - 1));
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    app.advance(Duration::from_mins(50));
    assert_eq!((login.otp().await.unwrap(), login.attempts().await.unwrap()), (None, 3), "an hour since the update");
    app.advance(Duration::from_millis(1));
    assert_eq!(login.attempts().await.unwrap(), 0);
}

async fn an_update_deletes_other_expired_values_under_its_revision(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    request(&app, &mut other, async |login| login.set_otp("1".to_owned()).unwrap()).await;
    app.advance(TEN_MINUTES);
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
    })
    .await;
    assert_eq!(operations, "commit commit");
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
    assert_eq!(app.open(&browser).typed::<Login>().attempts().await.unwrap(), 4);
}

async fn an_update_of_an_expired_value_keeps_a_concurrent_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_otp("new".to_owned()).unwrap()).await;
        let mut seen = Vec::new();
        login.update_otp(|otp| seen.push(otp.clone())).await.unwrap();
        assert_eq!(seen, [None, Some("new".to_owned())]);
    })
    .await;
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("new"));
}

async fn taking_an_expired_value_keeps_a_concurrent_one(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_notice("new".to_owned()).unwrap()).await;
        assert_eq!(login.take_notice().await.unwrap(), None);
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("new"));
}

async fn a_value_can_expire_after_another_time(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        login.set_otp_for("123456".to_owned(), Duration::from_secs(5)).unwrap();
        login.set_notice_for("sent".to_owned(), Duration::from_mins(20)).unwrap();
        login.set_hint_for("inbox".to_owned(), Duration::from_secs(5)).unwrap();
        login.set_verifier_for("pkce".to_owned(), Duration::MAX).unwrap();
        login.set_attempts_for(3, Duration::ZERO).unwrap();
        assert_eq!(login.attempts().await.unwrap(), 0, "expired at once");
    })
    .await;
    app.advance(Duration::from_millis(4_999));
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
    assert_eq!(app.open(&browser).typed::<Login>().hint().unwrap().as_deref(), Some("inbox"));
    app.advance(Duration::from_millis(1));
    assert_eq!(otp(&app, &browser).await, None);
    assert_eq!(app.open(&browser).typed::<Login>().hint().unwrap(), None);
    app.advance(TEN_MINUTES);
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("sent"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
}

async fn setting_an_equal_value_moves_the_time(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    app.advance(TEN_MINUTES / 2);
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        login.set_otp("123456".to_owned()).unwrap();
        login.set_name("Ada".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    app.advance(TEN_MINUTES / 2);
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
    assert_eq!(app.open(&browser).typed::<Login>().verifier().await.unwrap(), None);
}

async fn a_plain_value_from_before_the_attribute_reads_as_absent(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut before = session.typed_mut::<Before>();
    before.set_otp("123456".to_owned()).unwrap();
    before.set_attempts(7).unwrap();
    before.set_hint("inbox".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.attempts().await.unwrap(), 0);
        assert_eq!(login.hint().unwrap(), None);
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    // Servers of the earlier release may still run, so the value stays.
    assert_eq!(app.open(&browser).typed::<Before>().attempts().await.unwrap(), Some(7));
    request(&app, &mut browser, async |login| {
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
        assert_eq!(login.attempts().await.unwrap(), 1);
    })
    .await;
}

async fn a_value_stays_readable_after_the_attribute_is_removed(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let before = app.open(&browser).typed::<Before>();
    assert_eq!(before.otp().await.unwrap().as_deref(), Some("123456"));
    assert_eq!(before.hint().unwrap().as_deref(), Some("inbox"));
    app.advance(TEN_MINUTES);
    assert_eq!((before.otp().await.unwrap(), before.hint().unwrap()), (None, None));
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("pin-{value}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.trim_start_matches("pin-").parse().map_err(serde::de::Error::custom)
    }
}

fn from_word(value: &Value) -> Option<u64> {
    (value.as_str()? == "seven").then_some(7)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "required by `check`")]
fn is_even(number: &u64) -> Result<(), &'static str> {
    if number.is_multiple_of(2) { Ok(()) } else { Err("odd") }
}

/// The release before `Combined`: other types and keys.
#[derive(SessionSchema)]
struct Words {
    #[session(expires_in = "10m")]
    migrated: String,
    #[session(expires_in = "10m")]
    ignored: String,
    #[session(expires_in = "10m")]
    old: u64,
    #[session(expires_in = "10m")]
    sealed_later: u64,
}

#[derive(SessionSchema)]
struct Combined {
    #[session(expires_in = "10m", with = "as_text", sealed)]
    pin: u64,
    #[session(expires_in = "10m", migrate = "from_word")]
    migrated: u64,
    #[session(expires_in = "10m", on_invalid = "default", default = 3)]
    ignored: u64,
    #[session(expires_in = "10m", alias = "old")]
    renamed: u64,
    #[session(expires_in = "10m", kept_alias = "kept")]
    moved: u64,
    #[session(expires_in = "10m", sealed, on_invalid = "discard")]
    sealed_later: u64,
    #[session(expires_in = "10m", check = "is_even")]
    even: u64,
}

async fn the_attribute_combines_with_the_others(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut words = session.typed_mut::<Words>();
    words.set_migrated("seven".to_owned()).unwrap();
    words.set_ignored("eight".to_owned()).unwrap();
    words.set_old(9).unwrap();
    words.set_sealed_later(1).unwrap();
    let mut combined = session.typed_mut::<Combined>();
    combined.set_pin(4711).unwrap();
    combined.set_moved(5).unwrap();
    combined.set_even(2).unwrap();
    assert!(combined.set_even_for(3, TEN_MINUTES).is_err());
    app.finalize(session, &mut browser).await.unwrap();

    let combined = app.open(&browser).typed::<Combined>();
    assert_eq!(combined.pin().await.unwrap(), Some(4711));
    assert_eq!(combined.migrated().await.unwrap(), Some(7));
    assert_eq!(combined.ignored().await.unwrap(), 3);
    assert_eq!(combined.renamed().await.unwrap(), Some(9));
    assert_eq!(combined.moved().await.unwrap(), Some(5));
    assert_eq!(combined.sealed_later().await.unwrap(), None, "not encrypted");
    assert_eq!(combined.even().await.unwrap(), Some(2));
    assert_eq!(combined.get_raw("kept").await.unwrap(), Some(json!(5)));
    app.advance(TEN_MINUTES);
    assert_eq!(combined.pin().await.unwrap(), None);
    assert_eq!(combined.migrated().await.unwrap(), None);
    assert_eq!(combined.renamed().await.unwrap(), None);
    assert_eq!(combined.moved().await.unwrap(), None);
    assert_eq!(combined.even().await.unwrap(), None);

    let mut session = app.open(&browser);
    let mut combined = session.typed_mut::<Combined>();
    combined.update_renamed(|value| *value = Some(1)).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "renamed");
}

async fn an_expired_client_value_is_deleted_with_the_next_state_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.set_hint("inbox".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);

    let mut session = app.open(&browser);
    assert_eq!(session.typed_mut::<Login>().hint().unwrap(), None);
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "–", "a read writes no cookie");

    let mut session = app.open(&browser);
    session.typed_mut::<Login>().set_dark(true).unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "state");
    app.rewind(TEN_MINUTES);
    let session = app.open(&browser);
    assert_eq!(session.typed::<Login>().hint().unwrap(), None, "deleted from the cookie");
    assert!(session.typed::<Login>().dark().unwrap());

    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.unset_dark().unwrap();
    login.set_hint_for("gone".to_owned(), Duration::ZERO).unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "-state", "only an expired value");
    assert_eq!(app.spy.take_operations(), "");
}

async fn the_raw_key_api_reads_and_writes_expiring_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        login.insert("otp", "123456").await.unwrap();
        login.insert_raw("verifier", json!("pkce")).await.unwrap();
        login.client_mut().insert("hint", "inbox").unwrap();
        login.update("attempts", |attempts: &mut Option<u32>| *attempts = Some(1)).await.unwrap();
        assert_eq!(login.get_raw("otp").await.unwrap(), Some(json!("123456")));
    })
    .await;
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
        assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
        assert_eq!(login.attempts().await.unwrap(), 1);
        assert_eq!(login.get::<String>("otp").await.unwrap().as_deref(), Some("123456"));
    })
    .await;
    app.advance(TEN_MINUTES);
    let mut session = app.open(&browser);
    assert_eq!(session.get::<String>("otp").await.unwrap(), None, "also without the schema");
    assert_eq!(session.remove_raw("otp").await.unwrap(), None);
    assert_eq!(session.client().get_raw("hint"), None);
    session.update("otp", |otp: &mut Option<String>| assert_eq!(*otp, None)).await.unwrap();
}

async fn a_value_of_the_application_in_the_stored_form_is_unchanged(kind: Kind) {
    let app = App::new(kind).await;
    let value = json!({ "timed:expires_at": 1, "value": "mine" });
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("mine", &value).await.unwrap();
    session.client_mut().insert("mine", &value).unwrap();
    session.insert("plain", "{\"timed:expires_at\":1,\"value\":2}").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    assert_eq!(session.get_raw("mine").await.unwrap(), Some(value.clone()));
    assert_eq!(session.client().get_raw("mine"), Some(value.clone()));
    assert_eq!(session.entries().await.unwrap()["mine"], value);
    assert_eq!(session.client().entries()["mine"], value);
    assert_eq!(session.get_raw("plain").await.unwrap(), Some(json!("{\"timed:expires_at\":1,\"value\":2}")));
}

async fn a_registered_schema_deletes_expired_values_of_requests_that_do_not_use_it(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Login>).await;
    let mut browser = expired(&app).await;
    let mut session = app.open(&browser);
    session.get_raw("name").await.unwrap();
    session.insert("other", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "attempts name other");
}

async fn a_detached_handle_deletes_expired_values(kind: Kind) {
    let app = App::new(kind).await;
    let browser = expired(&app).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Login>().name().await.unwrap();
    let mut detached = session.detached().unwrap();
    let mut other = browser.clone();
    let mut login = detached.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    login.set_name("Eve".to_owned()).unwrap();
    detached.sync().await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    request(&app, &mut other, async |login| login.set_otp("1".to_owned()).unwrap()).await;
    app.advance(TEN_MINUTES);
    detached.reload();
    let mut login = detached.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
    login.set_name("Eda".to_owned()).unwrap();
    detached.sync().await.unwrap();
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.name().await.unwrap().as_deref(), Some("Eda"));
}

#[derive(SessionSchema)]
struct Codes {
    #[session(keyed, expires_in = "10m", default = 9)]
    code: BTreeMap<String, u64>,
    #[session(keyed, expires_in = "10m", sealed, check = "is_even")]
    pin: BTreeMap<u32, u64>,
    #[session(keyed, expires_in = "10m", client, flash)]
    hint: BTreeMap<u32, u64>,
}

async fn an_expired_entry_of_a_keyed_field_is_absent_and_deleted(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut codes = session.typed_mut::<Codes>();
    codes.set_code("a:b", 1).unwrap();
    codes.set_code_for("long", 2, TEN_MINUTES * 2).unwrap();
    codes.set_pin(&7, 4).unwrap();
    codes.set_pin_for(&8, 6, TEN_MINUTES * 2).unwrap();
    assert!(codes.set_pin(&9, 5).is_err(), "refused by the check");
    codes.set_hint(&1, 1).unwrap();
    codes.set_hint_for(&2, 2, TEN_MINUTES * 2).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);

    let mut session = app.open(&browser);
    let mut codes = session.typed_mut::<Codes>();
    assert_eq!(codes.code("a:b").await.unwrap(), 9);
    assert_eq!(codes.code("long").await.unwrap(), 2);
    assert_eq!(codes.code_entries().await.unwrap(), BTreeMap::from([("long".to_owned(), 2)]));
    assert_eq!(codes.pin(&7).await.unwrap(), None);
    assert_eq!(codes.pin_entries().await.unwrap(), BTreeMap::from([(8, 6)]));
    assert_eq!(codes.hint_entries().unwrap(), BTreeMap::from([(2, 2)]));
    assert_eq!(codes.take_hint(&1).unwrap(), None);
    codes.update_code("new", |code| *code += 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "code:long code:new pin:8");
    let snapshot = app.open(&browser).snapshot::<Codes>().await.unwrap();
    assert_eq!(snapshot.code, BTreeMap::from([("long".to_owned(), 2), ("new".to_owned(), 10)]));
}

async fn a_typed_key_gives_its_expiry_time_to_raw_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert(Login::OTP, "123456".to_owned()).await.unwrap();
    session.insert_raw(Login::VERIFIER, json!("pkce")).await.unwrap();
    session.client_mut().insert_raw(Login::HINT, json!("inbox")).unwrap();
    session.update(Login::ATTEMPTS, |attempts| *attempts = Some(4)).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
    assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
    assert_eq!(login.attempts().await.unwrap(), 4);
    app.advance(TEN_MINUTES);
    assert_eq!((login.otp().await.unwrap(), login.verifier().await.unwrap()), (None, None));
    assert_eq!(login.hint().unwrap(), None);
    assert_eq!(login.get(Login::OTP).await.unwrap(), None);
    app.advance(Duration::from_mins(50));
    assert_eq!(login.get_raw(Login::ATTEMPTS).await.unwrap(), None);
}
