//! The example of the page about the schema language.

use serde_json::{Value, json};
use session::store::MemoryStore;
use session::testing::Browser;
use session::{Error, ErrorKind, SecretKey, SessionManager};

samples!("schema", "example");

fn login(user_id: u64, name: &str) -> Login {
    Login { user_id, name: name.to_owned(), device: "phone".to_owned() }
}

/// A logged-in browser with values, some of which earlier releases and another application have stored.
async fn shopper() -> (SessionManager, Browser) {
    let manager = SessionManager::new(MemoryStore::new(), configure(SessionConfig::new(SecretKey::generate())));
    let mut browser = Browser::new();
    let stored = browser.with(&manager, async |session| {
        session.insert("cur", "EUR").await?;
        session.insert("shoeSize", "large").await?;
        session.insert("voucher", Value::Null).await?;
        session.insert("referrer", "newsletter").await?;
        let mut visitor = session.typed_mut::<Visitor>();
        assert_eq!(add_to_cart(&mut visitor, 7).await?, 1);
        assert_eq!(add_to_cart(&mut visitor, 7).await?, 2);
        log_in(&mut visitor, login(5, "Ada")).await?;
        assert_eq!(set_post_code(&mut visitor, "12345".to_owned())?, None);
        visitor.set_one_time_code("730184".to_owned())
    });
    stored.await.unwrap();
    (manager, browser)
}

#[tokio::test]
async fn the_json_of_a_snapshot_has_the_names_of_the_fields() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    let snapshot = browser.with(&manager, async |session| session.snapshot::<Visitor>().await).await?;
    let expected = json!({
        "login": { "user_id": 5, "name": "Ada", "device": "phone" },
        "cart": { "7": 2 },
        "theme": "light",
        "checkout": { "post_code": "12345", "gift_wrap": false },
        "currency": "EUR", "shoe_size": 44, "voucher": null,
    });
    assert_eq!(serde_json::to_value(snapshot).unwrap(), expected);
    Ok(())
}

#[tokio::test]
async fn the_keys_are_those_of_the_page() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    let entries = browser.with(&manager, async |session| session.entries().await).await?;
    let mut keys: Vec<_> = entries.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let of_login = ["login.device", "login.name", "login.userId"];
    let others = ["oneTimeCode", "referrer", "shoeSize", "voucher"];
    assert_eq!(keys, [&["cart:7", "checkout.post_code", "cur"][..], &of_login, &others].concat());
    Ok(())
}

#[tokio::test]
async fn messages_are_shown_once_and_a_write_deletes_old_keys() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    browser
        .with(&manager, async |session| {
            let mut visitor = session.typed_mut::<Visitor>();
            assert_eq!(show(&mut visitor).await?, r#"Ada: 2 items, gift wrap: false, ["Welcome!"], light"#);
            visitor.set_theme("dark".to_owned())?;
            visitor.set_currency("USD".to_owned())
        })
        .await?;
    browser
        .with(&manager, async |session| {
            assert_eq!(session.get_raw("cur").await?, None, "the write deleted the alias");
            assert_eq!(session.get_raw("referrer").await?, None, "retired");
            assert_eq!(show(&mut session.typed_mut()).await?, "Ada: 2 items, gift wrap: false, [], dark");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_refused_post_code_is_a_message_or_an_error() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    browser
        .with(&manager, async |session| {
            let mut visitor = session.typed_mut::<Visitor>();
            let message = set_post_code(&mut visitor, "1".to_owned())?;
            assert_eq!(message.as_deref(), Some("a post code has 5 digits"));
            let error = visitor.checkout_mut().set_post_code("1".to_owned()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Value);
            Ok(())
        })
        .await
}

#[tokio::test]
async fn the_login_of_another_user_starts_an_empty_session_with_its_group() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    browser.with(&manager, async |session| log_in(&mut session.typed_mut(), login(6, "Eve")).await).await?;
    browser
        .with(&manager, async |session| {
            let visitor = session.typed::<Visitor>();
            assert_eq!((visitor.cart(&7).await?, visitor.theme()?.as_str()), (0, "light"));
            assert_eq!(visitor.login().await?.map(|login| login.name).as_deref(), Some("Eve"));
            Ok(())
        })
        .await?;
    assert_eq!(manager.find(Login::USER_ID, &6).await?.len(), 1);
    assert!(manager.find(Login::USER_ID, &5).await?.is_empty());
    Ok(())
}

/// The rows of the table in the documentation of groups.
#[tokio::test]
async fn another_order_of_a_login_loses_the_group_or_keeps_the_token() -> Result<(), Error> {
    let (manager, mut browser) = shopper().await;
    let mut thief = browser.clone();
    browser.with(&manager, async |session| session.typed_mut::<Visitor>().set_login(login(6, "Eve"))).await?;
    let name = thief.with(&manager, async |session| session.typed::<Login>().name().await).await?;
    assert_eq!(name.as_deref(), Some("Eve"), "a setter is no login: the token stays");

    browser
        .with(&manager, async |session| {
            session.typed_mut::<Visitor>().set_login(login(7, "Bob"))?;
            session.log_in(Login::USER_ID, 7).await
        })
        .await?;
    let has_login =
        browser.with(&manager, async |session| Ok(session.typed::<Visitor>().login().await?.is_some())).await?;
    assert!(!has_login, "`log_in` has dropped the group");
    assert_eq!(manager.find(Login::USER_ID, &7).await?.len(), 1);
    Ok(())
}
