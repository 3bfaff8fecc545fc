//! The samples of Pavex's guide to session data, compared with the statements of the guide.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::start;

#[tokio::test]
async fn insert_creates_an_entry() {
    let (spy, mut browser) = start().await;
    assert_eq!(browser.post("/guide/insert").await.outcome(), (200, "id"));
    assert_eq!(spy.take_operations(), "create");
    assert_eq!(user_id(&mut browser).await, json!("my-user-identifier"));
}

#[tokio::test]
async fn insert_overwrites_the_entry_that_is_there() {
    let (_, mut browser) = start().await;
    browser.post("/login/7").await;
    browser.post("/cart/tea").await;
    assert_eq!(browser.post("/guide/insert").await.outcome(), (200, ""));
    assert_eq!(user_id(&mut browser).await, json!("my-user-identifier"));
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn a_complex_object_is_read_back() {
    let (_, mut browser) = start().await;
    assert_eq!(browser.get("/guide/get-object").await.json(), Value::Null);
    assert_eq!(browser.post("/guide/insert-object").await.outcome(), (200, "id"));
    let user = json!({ "user_id": "my-user-identifier", "email": "[email protected]" });
    assert_eq!(browser.get("/guide/get-object").await.json(), user);
}

#[tokio::test]
async fn get_returns_the_entry_and_changes_nothing() {
    let (spy, mut browser) = start().await;
    browser.post("/guide/insert").await;
    spy.take_operations();
    for _ in 0..2 {
        let response = browser.get("/guide/get").await;
        assert_eq!((response.outcome(), response.json()), ((200, ""), json!("my-user-identifier")));
    }
    assert_eq!(spy.take_operations(), "load load");
}

#[tokio::test]
async fn get_returns_none_if_the_key_does_not_exist() {
    let (spy, mut browser) = start().await;
    assert_eq!(user_id(&mut browser).await, Value::Null);
    assert_eq!(spy.take_operations(), "");
    browser.post("/cart/tea").await;
    assert_eq!(user_id(&mut browser).await, Value::Null);
}

#[tokio::test]
async fn get_fails_if_the_value_has_another_type() {
    let (_, mut browser) = start().await;
    browser.post("/login/7").await;
    let response = browser.get("/guide/get").await;
    assert_eq!((response.outcome(), &*response.body), ((500, ""), ""));
}

#[tokio::test]
async fn remove_returns_the_entry_if_it_existed() {
    let (_, mut browser) = start().await;
    browser.post("/cart/tea").await;
    browser.post("/guide/insert").await;
    assert_eq!(browser.post("/guide/remove").await.json(), json!("my-user-identifier"));
    assert_eq!(browser.post("/guide/remove").await.json(), Value::Null);
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn remove_raw_removes_an_entry_of_any_type() {
    let (_, mut browser) = start().await;
    browser.post("/cart/tea").await;
    for write in ["/guide/insert", "/login/7"] {
        browser.post(write).await;
        assert_eq!(browser.post("/guide/remove-raw").await.outcome(), (200, ""));
        assert_eq!(user_id(&mut browser).await, Value::Null, "{write}");
    }
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn cycle_id_changes_the_token_and_not_the_state() {
    let (_, mut browser) = start().await;
    browser.post("/guide/insert").await;
    let mut thief = browser.clone();
    assert_eq!(browser.post("/guide/cycle-id").await.outcome(), (200, "id"));
    assert_ne!(browser.cookies, thief.cookies);
    assert_eq!(user_id(&mut browser).await, json!("my-user-identifier"));
    assert_eq!(user_id(&mut thief).await, Value::Null);
}

#[tokio::test]
async fn invalidate_removes_the_state_and_the_cookie() {
    let (spy, mut browser) = start().await;
    browser.post("/guide/insert").await;
    let mut thief = browser.clone();
    spy.take_operations();
    assert_eq!(browser.post("/guide/invalidate").await.outcome(), (200, "-id"));
    assert_eq!(spy.take_operations(), "delete");
    assert!(browser.cookies.is_empty());
    assert_eq!(user_id(&mut thief).await, Value::Null);
}

#[tokio::test]
async fn clear_removes_all_entries_and_keeps_the_session() {
    let (spy, mut browser) = start().await;
    browser.post("/guide/insert").await;
    browser.post("/guide/insert-object").await;
    assert_eq!(browser.post("/guide/clear").await.outcome(), (200, ""));
    assert_eq!(browser.get("/guide/get").await.json(), Value::Null);
    assert_eq!(browser.get("/guide/get-object").await.json(), Value::Null);
    spy.take_operations();
    browser.post("/guide/insert").await;
    assert_eq!(spy.take_operations(), "commit", "the record exists");
}

#[tokio::test]
async fn delete_removes_the_state_but_not_the_cookie() {
    let (spy, mut browser) = start().await;
    browser.post("/guide/insert").await;
    spy.take_operations();
    assert_eq!(browser.post("/guide/delete").await.outcome(), (200, ""));
    assert_eq!(spy.take_operations(), "delete");
    assert!(browser.cookies.contains_key("id"));
    assert_eq!(user_id(&mut browser).await, Value::Null);
}

#[tokio::test]
async fn client_state_needs_no_store() {
    let (spy, mut browser) = start().await;
    assert_eq!(browser.post("/guide/client").await.outcome(), (200, ""), "a removed value leaves no cookie");
    assert_eq!(browser.post("/dark").await.outcome(), (200, "id-state"));
    assert_eq!(browser.post("/guide/client").await.outcome(), (200, ""));
    assert!(browser.cookies.contains_key("id-state"), "the other value stays");
    assert_eq!(spy.take_operations(), "");
}

/// The value of the key `user.id`, as the guide's sample reads it.
async fn user_id(browser: &mut Browser) -> Value {
    browser.get("/guide/get").await.json()
}
