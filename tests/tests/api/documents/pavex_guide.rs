//! Tests of the samples of Pavex's guide to session data. The code is unchanged except for its `use` lines.
//!
//! At `// [...]`, a sample returns the value that it read, so that a test can check it.

#![expect(unreachable_pub, clippy::unused_async, reason = "the samples are unchanged")]

use serde::Serialize;
use serde_json::{Value, json};
use session::ErrorKind;
use session_tests::{App, Browser, Kind, cookies_in, on_every_store};

/// The alias of `session_pavex`, which is in another workspace. `tests/pavex` runs the samples in Pavex.
type Session<'a> = session::Session;

/// Replaces the framework's response, and contains the value that the handler read.
#[derive(Debug, PartialEq)]
pub struct Response(Value);

impl Response {
    fn ok() -> Self {
        Self(Value::Null)
    }

    fn json(body: impl Serialize) -> Self {
        Self(serde_json::to_value(body).unwrap())
    }
}

/// Runs a sample as one request of this browser. Returns its value, and the cookies of the response.
macro_rules! request {
    ($app:expr, $browser:expr, $sample:ident) => {{
        let mut session = $app.open(&$browser);
        let response = $sample::handler(&mut session).await.unwrap();
        let finalized = $app.finalize(session, &mut $browser).await.unwrap();
        (response.0, cookies_in(&finalized.0))
    }};
}

mod storing_data {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_> /* (1)! */) -> Result<Response, Error> {
        session.insert("user.id", "my-user-identifier").await?;
        // [...]
        Ok(Response::ok())
    }
}

async fn insert_creates_an_entry(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    request!(app, browser, storing_data);
    assert_eq!(app.entries(&browser).await, json!({ "user.id": "my-user-identifier" }));
}

async fn insert_overwrites_the_entry_that_is_there(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("user.id", 1), ("other", 2)]).await;
    request!(app, browser, storing_data);
    assert_eq!(app.entries(&browser).await, json!({ "user.id": "my-user-identifier", "other": 2 }));
}

#[rustfmt::skip]
mod storing_complex_objects {
    use super::{Response, Session};
    use anyhow::Error;

    #[derive(serde::Serialize, serde::Deserialize)] // (1)!
    struct AuthInfo {
        user_id: String,
        email: String,
    }

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let info = AuthInfo {
            user_id: "my-user-identifier".into(),
            email: "[email protected]".into(),
        };
        session.insert("user", info).await?; // (2)!
        // [...]
        Ok(Response::ok())
    }
}

async fn complex_objects_are_stored_as_they_serialize(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    request!(app, browser, storing_complex_objects);
    let user = json!({ "user_id": "my-user-identifier", "email": "[email protected]" });
    assert_eq!(app.entries(&browser).await, json!({ "user": user }));
}

async fn insert_is_an_error_if_the_value_does_not_serialize(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let pairs = std::collections::BTreeMap::from([((1, 2), "no JSON object has such a key")]);
    assert_eq!(session.insert("user", pairs).await.unwrap_err().kind(), ErrorKind::Value);
}

mod retrieving_data {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &Session<'_> /* (1)! */) -> Result<Response, Error> {
        let user_id: Option<String> /* (2)! */ = session.get("user.id").await?; // (3)!
        // [...]
        Ok(Response::json(user_id))
    }
}

async fn get_reads_an_entry_and_changes_nothing(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    request!(app, browser, storing_data);
    app.spy.take_operations();
    for _ in 0..2 {
        assert_eq!(request!(app, browser, retrieving_data), (json!("my-user-identifier"), "–".to_owned()));
    }
    assert_eq!(app.spy.take_operations(), "load load");
}

async fn get_is_none_if_the_key_does_not_exist(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    assert_eq!(request!(app, browser, retrieving_data).0, Value::Null);
    let mut browser = app.browser_with(&[("other", 2)]).await;
    assert_eq!(request!(app, browser, retrieving_data).0, Value::Null);
}

async fn get_fails_if_the_value_has_another_type(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("user.id", 1)]).await;
    let error = retrieving_data::handler(&app.open(&browser)).await.unwrap_err();
    assert_eq!(error.downcast::<session::Error>().unwrap().kind(), ErrorKind::Value);
    assert_eq!(app.stored(&browser, "user.id").await, Some(1));
}

mod retrieving_complex_objects {
    use super::{Response, Session};
    use anyhow::Error;

    #[derive(serde::Serialize, serde::Deserialize)] // (1)!
    struct AuthInfo {
        user_id: String,
        email: String,
    }

    pub async fn handler(session: &Session<'_>) -> Result<Response, Error> {
        let auth_info: Option<AuthInfo> /* (2)! */ = session.get("user").await?;
        // [...]
        Ok(Response::json(auth_info))
    }
}

async fn complex_objects_read_back_as_they_were(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    request!(app, browser, storing_complex_objects);
    let (read, _) = request!(app, browser, retrieving_complex_objects);
    assert_eq!(read, json!({ "user_id": "my-user-identifier", "email": "[email protected]" }));
}

mod removing_data {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let user_id: Option<String> /* (1)! */ = session.remove("user.id").await?;
        // [...]
        Ok(Response::json(user_id))
    }
}

async fn remove_returns_the_entry_if_it_existed(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("other", 2)]).await;
    request!(app, browser, storing_data);
    assert_eq!(request!(app, browser, removing_data).0, json!("my-user-identifier"));
    assert_eq!(app.entries(&browser).await, json!({ "other": 2 }));
    assert_eq!(request!(app, browser, removing_data).0, Value::Null);
}

mod removing_without_a_type {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.remove_raw("user.id").await?;
        // [...]
        Ok(Response::ok())
    }
}

async fn remove_raw_removes_an_entry_of_any_type(kind: Kind) {
    let app = App::new(kind).await;
    for entry in [json!(1), json!("text"), json!({ "a": [null] }), Value::Null] {
        let mut browser = app.browser_with(&[("other", 2)]).await;
        let mut session = app.open(&browser);
        session.insert_raw("user.id", entry.clone()).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        let mut session = app.open(&browser);
        assert_eq!(session.remove_raw("user.id").await.unwrap(), Some(entry), "the raw entry is returned");
        request!(app, browser, removing_without_a_type);
        assert_eq!(app.entries(&browser).await, json!({ "other": 2 }));
    }
}

mod regenerating_the_id {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.cycle_id();
        // [...]
        Ok(Response::ok())
    }
}

async fn cycle_id_changes_the_token_and_not_the_state(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    let thief = browser.clone();
    let (_, cookies) = request!(app, browser, regenerating_the_id);
    assert_eq!(cookies, "session");
    assert_ne!(browser.cookies, thief.cookies);
    assert_eq!(app.entries(&browser).await, json!({ "a": 1, "b": 2 }));
    assert_eq!(app.entries(&thief).await, json!({}), "the old token reads nothing");
}

mod invalidation {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.invalidate();
        // [...]
        Ok(Response::ok())
    }
}

async fn invalidate_removes_the_record_and_the_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let kept = browser.clone();
    let (_, cookies) = request!(app, browser, invalidation);
    assert_eq!((cookies.as_str(), app.spy.take_operations().as_str()), ("-session", "delete"));
    assert!(browser.cookies.is_empty());
    assert_eq!(app.open(&kept).meta().await.unwrap(), None);
}

async fn operations_after_invalidate_are_ignored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    invalidation::handler(&mut session).await.unwrap();
    storing_data::handler(&mut session).await.unwrap();
    client_side_state_written(&mut session);
    regenerating_the_id::handler(&mut session).await.unwrap();
    clearing::handler(&mut session).await.unwrap();
    deletion::handler(&mut session).await.unwrap();
    assert_eq!(retrieving_data::handler(&session).await.unwrap().0, Value::Null);
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!((response.cookies().as_str(), app.spy.take_operations().as_str()), ("-session", "delete"));
}

mod clearing {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.clear().await?;
        // [...]
        Ok(Response::ok())
    }
}

async fn clear_leaves_an_empty_record(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    let before = browser.cookies.clone();
    assert_eq!(request!(app, browser, clearing).1, "–");
    assert_eq!(browser.cookies, before);
    assert_eq!(app.entries(&browser).await, json!({}));
    assert!(app.open(&browser).meta().await.unwrap().is_some(), "the record exists");
}

mod deletion {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        session.delete();
        // [...]
        Ok(Response::ok())
    }
}

async fn delete_removes_the_record_but_not_the_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let before = browser.cookies.clone();
    assert_eq!(request!(app, browser, deletion).1, "–");
    assert_eq!(browser.cookies, before);
    assert_eq!(app.open(&browser).meta().await.unwrap(), None);
    assert_eq!(app.entries(&browser).await, json!({}));
}

mod client_side_state {
    use super::{Response, Session};
    use anyhow::Error;

    pub async fn handler(session: &mut Session<'_>) -> Result<Response, Error> {
        let key = "user.id";
        let value = "my-user-identifier";

        // Insertion
        session.client_mut().insert(key, value)?;

        // Retrieval
        let stored: Option<String> = session.client().get(key)?;
        assert_eq!(stored.as_deref(), Some(value));

        // Removal
        session.client_mut().remove_raw(key);
        assert_eq!(session.client().get_raw(key), None);
        // [...]
        Ok(Response::ok())
    }
}

async fn client_state_does_the_same_without_the_storage_backend(kind: Kind) {
    let (app, mut browser) = (App::new(kind).await, Browser::default());
    assert_eq!(request!(app, browser, client_side_state).1, "–", "a removed value leaves no cookie");
    let mut session = app.open(&browser);
    client_side_state_written(&mut session);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.client(&browser, "user.id").as_deref(), Some("my-user-identifier"));
    assert_eq!(request!(app, browser, client_side_state).1, "-state");
    assert_eq!(app.client(&browser, "user.id"), None);
    assert_eq!(app.spy.take_operations(), "");
}

fn client_side_state_written(session: &mut Session<'_>) {
    session.client_mut().insert("user.id", "my-user-identifier").unwrap();
}

on_every_store!(
    insert_creates_an_entry,
    insert_overwrites_the_entry_that_is_there,
    complex_objects_are_stored_as_they_serialize,
    insert_is_an_error_if_the_value_does_not_serialize,
    get_reads_an_entry_and_changes_nothing,
    get_is_none_if_the_key_does_not_exist,
    get_fails_if_the_value_has_another_type,
    complex_objects_read_back_as_they_were,
    remove_returns_the_entry_if_it_existed,
    remove_raw_removes_an_entry_of_any_type,
    cycle_id_changes_the_token_and_not_the_state,
    invalidate_removes_the_record_and_the_cookie,
    operations_after_invalidate_are_ignored,
    clear_leaves_an_empty_record,
    delete_removes_the_record_but_not_the_cookie,
    client_state_does_the_same_without_the_storage_backend,
);
