//! Tests of sealed values against attackers who read or write the store.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use session::store::{Changes, Commit, SqliteStore, Timestamp};
use session::{Error, ErrorKind, SessionSchema};
use session_tests::{App, Browser, Kind, Log, on_every_store};
use tempfile::TempDir;

on_every_store!(
    a_sealed_value_opens_only_in_its_session_and_under_its_key,
    a_writer_of_the_store_cannot_plant_a_plain_value,
    a_writer_of_the_store_can_restore_an_earlier_sealed_value,
);

const SECRET: &str = "hunter2-refresh";
const LATER: &str = "hunter2-later";

#[derive(SessionSchema)]
struct Account {
    #[session(secret, sealed)]
    refresh_token: String,
    #[session(sealed)]
    other: String,
    #[session(sealed, default, on_invalid = "default")]
    ignoring: String,
    #[session(sealed, migrate = "any_text")]
    migrating: String,
}

fn any_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

async fn browser_with_token(app: &App, token: &str) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Account>().set_refresh_token(token.to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

/// Reads a value from the store, as an attacker would.
async fn read_store(app: &App, browser: &Browser, key: &str) -> String {
    let id = app.open(browser).id().unwrap();
    let record = app.spy.inner().load(&id, Timestamp::from(app.now())).await.unwrap().unwrap();
    record.values.get(key).unwrap().as_str().to_owned()
}

/// Writes a value to the store, as an attacker would.
async fn write_store(app: &App, browser: &Browser, key: &str, text: &str) {
    let id = app.open(browser).id().unwrap();
    let mut changes = Changes::default();
    changes.set(key, session::store::Json::from_text(text)).unwrap();
    let mut commit = Commit::empty(Timestamp::from(app.now()));
    commit.changes = changes;
    app.spy.inner().commit(&id, &commit).await.unwrap();
}

fn assert_refused(read: Result<Option<String>, Error>, stored: &str) {
    let error = read.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(stored.trim_matches('"')), "{shown}");
}

async fn a_sealed_value_opens_only_in_its_session_and_under_its_key(kind: Kind) {
    let log = Log::of_this_process();
    let app = App::new(kind).await;
    let (victim, attacker) = (browser_with_token(&app, SECRET).await, browser_with_token(&app, "mine").await);
    let stolen = read_store(&app, &victim, "refresh_token").await;
    write_store(&app, &attacker, "refresh_token", &stolen).await;
    for key in ["other", "ignoring", "migrating"] {
        write_store(&app, &victim, key, &stolen).await;
    }

    let session = app.open(&attacker);
    assert_refused(session.typed::<Account>().refresh_token().await, &stolen);
    assert!(session.snapshot::<Account>().await.is_ok(), "a secret is in no snapshot");
    assert_eq!(session.get_raw("refresh_token").await.unwrap().unwrap(), stolen.trim_matches('"'), "as it is stored");

    let session = app.open(&victim);
    let account = session.typed::<Account>();
    assert_eq!(account.refresh_token().await.unwrap().as_deref(), Some(SECRET));
    assert_refused(account.other().await, &stolen);
    assert_refused(account.migrating().await, &stolen);
    assert_eq!(account.ignoring().await.unwrap(), "");
    let lines = log.all();
    assert!(!lines.contains(SECRET) && !lines.contains(stolen.trim_matches('"')));
}

async fn a_writer_of_the_store_cannot_plant_a_plain_value(kind: Kind) {
    let app = App::new(kind).await;
    let victim = browser_with_token(&app, SECRET).await;
    for planted in ["\"attacker\"", "null", "\"sealed:\"", "\"sealed:attacker\"", "{\"sealed\":1}", "not JSON"] {
        write_store(&app, &victim, "refresh_token", planted).await;
        let session = app.open(&victim);
        assert_refused(session.typed::<Account>().refresh_token().await, planted);
        write_store(&app, &victim, "ignoring", planted).await;
        assert_eq!(app.open(&victim).typed::<Account>().ignoring().await.unwrap(), "", "{planted}");
    }
    write_store(&app, &victim, "migrating", "\"attacker\"").await;
    let migrated = app.open(&victim).typed::<Account>().migrating().await.unwrap();
    assert_eq!(migrated.as_deref(), Some("attacker"), "`migrate` accepts plain values");
}

/// A limit of the protection, which the threat model names.
async fn a_writer_of_the_store_can_restore_an_earlier_sealed_value(kind: Kind) {
    let app = App::new(kind).await;
    let victim = browser_with_token(&app, SECRET).await;
    let earlier = read_store(&app, &victim, "refresh_token").await;
    app.open(&victim)
        .typed_mut::<Account>()
        .update_refresh_token(|token| *token = Some(LATER.to_owned()))
        .await
        .unwrap();
    write_store(&app, &victim, "refresh_token", &earlier).await;
    let token = app.open(&victim).typed::<Account>().refresh_token().await.unwrap();
    assert_eq!(token.as_deref(), Some(SECRET));
}

#[tokio::test]
async fn no_file_of_the_store_contains_a_sealed_value_in_plain_text() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sessions.db").display());
    let store = SqliteStore::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let app = App::on_store(Arc::new(store), session::SessionConfig::schema::<Account>);
    let mut browser = browser_with_token(&app, SECRET).await;
    let mut session = app.open(&browser);
    session.insert("plain", "visible").await.unwrap();
    session.insert_raw("other", json!(LATER)).await.unwrap();
    session.typed_mut::<Account>().update_migrating(|value| *value = Some(LATER.to_owned())).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let files = fs::read_dir(folder.path()).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let bytes = files.collect::<Vec<_>>().concat();
    let contains = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(contains("visible") && contains("sealed:"));
    assert!(!contains(SECRET) && !contains(LATER));
}
