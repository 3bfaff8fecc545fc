//! Tests of `check`: the application's function refuses a value before it is stored.

use std::fmt;

use serde_json::json;
use session::{ErrorKind, SessionConfig, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    a_refused_value_is_an_error_with_the_application_s_message_and_is_not_stored,
    a_refused_update_stores_nothing_and_keeps_the_old_value,
    a_check_applies_to_client_state,
    a_login_checks_its_value,
    a_raw_value_under_a_typed_key_is_checked,
    a_stored_value_that_would_be_refused_is_still_read,
);

/// An error that is not a text.
struct TooLong(usize);

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} characters", self.0)
    }
}

fn is_short(text: &str) -> Result<(), TooLong> {
    if text.len() <= 5 { Ok(()) } else { Err(TooLong(5)) }
}

fn is_even(number: &u64) -> Result<(), impl fmt::Display> {
    if number.is_multiple_of(2) { Ok(()) } else { Err("odd") }
}

fn has_two<T>(list: &[T]) -> Result<(), String> {
    if list.len() <= 2 { Ok(()) } else { Err(format!("{} entries, but 2 are allowed", list.len())) }
}

#[derive(SessionSchema)]
struct Profile {
    #[session(check = "is_short")]
    name: String,
    #[session(check = "has_two", default)]
    tags: Vec<String>,
    #[session(check = "is_short", flash, sealed)]
    notice: String,
    #[session(check = "is_even", index)]
    user_id: u64,
    #[session(check = "is_even", client)]
    page: u64,
}

/// The same keys without checks.
#[derive(SessionSchema)]
struct Unchecked {
    name: String,
    #[session(client)]
    page: u64,
}

async fn a_refused_value_is_an_error_with_the_application_s_message_and_is_not_stored(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Profile>).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut profile = session.typed_mut::<Profile>();
    profile.set_name("ann".to_owned()).unwrap();
    let error = profile.set_name("hunter2".to_owned()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(error.to_string(), "server key `name`: the value was refused: at most 5 characters");
    assert_eq!(profile.set_notice("hunter2".to_owned()).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(profile.set_user_id(7).unwrap_err().to_string(), "server key `user_id`: the value was refused: odd");
    profile.set_user_id(8).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let profile = app.open(&browser).typed::<Profile>();
    assert_eq!(profile.name().await.unwrap().as_deref(), Some("ann"));
    assert_eq!(profile.peek_notice().await.unwrap(), None);
    assert_eq!(profile.user_id().await.unwrap(), Some(8));
}

async fn a_refused_update_stores_nothing_and_keeps_the_old_value(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Profile>().set_tags(vec!["a".to_owned(), "b".to_owned()]).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    app.spy.take_operations();
    let mut session = app.open(&browser);
    let mut profile = session.typed_mut::<Profile>();
    let mut runs = 0;
    let refused = profile.update_tags(|tags| {
        runs += 1;
        tags.push("c".to_owned());
    });
    let error = refused.await.unwrap_err();
    assert_eq!((error.kind(), runs), (ErrorKind::Value, 1));
    assert_eq!(error.to_string(), "server key `tags`: the value was refused: 3 entries, but 2 are allowed");
    let refused = profile.try_update_tags(|tags| {
        tags.push("c".to_owned());
        Ok::<(), ()>(())
    });
    assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(profile.tags().await.unwrap(), ["a", "b"]);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");

    let mut session = app.open(&browser);
    let mut profile = session.typed_mut::<Profile>();
    profile.update_tags(|tags| tags.truncate(1)).await.unwrap();
    assert_eq!(app.open(&browser).typed::<Profile>().tags().await.unwrap(), ["a"]);
}

async fn a_check_applies_to_client_state(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut profile = session.typed_mut::<Profile>();
    profile.set_page(2).unwrap();
    let error = profile.set_page(3).unwrap_err();
    assert_eq!(error.to_string(), "client key `page`: the value was refused: odd");
    assert_eq!(profile.update_page(|page| *page = Some(5)).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(profile.page().unwrap(), Some(2));
    profile.update_page(|page| *page = None).unwrap();
    assert_eq!(profile.page().unwrap(), None, "an absent value needs no check");
    profile.set_page(4).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).typed::<Profile>().page().unwrap(), Some(4));
}

async fn a_login_checks_its_value(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Profile>).await;
    let mut session = app.open(&Browser::default());
    let refused = session.log_in(Profile::USER_ID, 7).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Value);
    session.log_in(Profile::USER_ID, 8).await.unwrap();
    assert_eq!(session.typed::<Profile>().user_id().await.unwrap(), Some(8));
}

async fn a_raw_value_under_a_typed_key_is_checked(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Profile>).await;
    let mut session = app.open(&Browser::default());
    let refused = [
        session.insert_raw(Profile::NAME, json!("hunter2")).await,
        session.insert_raw(&Profile::USER_ID, json!(7)).await,
        session.client_mut().insert_raw(Profile::PAGE, json!(3)),
        session.client_mut().insert_raw(Profile::PAGE, json!(31)),
    ];
    for error in refused.into_iter().map(Result::unwrap_err) {
        assert!(error.to_string().contains("the value was refused: "), "{error}");
    }
    assert!(session.is_empty().await.unwrap() && session.client().is_empty());
    session.insert_raw(Profile::NAME, json!("ann")).await.unwrap();
    session.insert_raw(Profile::TAGS, json!(7)).await.unwrap();
    session.insert_raw(&*Profile::NAME, json!("hunter2")).await.unwrap();
    assert_eq!(session.get_raw(Profile::TAGS).await.unwrap(), Some(json!(7)), "another type is not checked");
    assert_eq!(session.typed::<Profile>().name().await.unwrap().as_deref(), Some("hunter2"));
}

async fn a_stored_value_that_would_be_refused_is_still_read(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut unchecked = session.typed_mut::<Unchecked>();
    unchecked.set_name("hunter2".to_owned()).unwrap();
    unchecked.set_page(3).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let profile = app.open(&browser).typed::<Profile>();
    assert_eq!(profile.name().await.unwrap().as_deref(), Some("hunter2"));
    assert_eq!(profile.page().unwrap(), Some(3));
    let checked: Vec<_> = Profile::schema().fields().iter().filter(|field| field.has_check()).collect();
    assert_eq!(checked.len(), 5);
}

#[derive(SessionSchema)]
struct Quoting {
    #[session(check = "refuse")]
    name: String,
}

fn refuse(name: &str) -> Result<(), String> {
    Err(format!("can't be {name}"))
}

#[tokio::test]
async fn the_message_of_a_check_is_one_line_in_the_error_and_unchanged_for_a_form() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut quoting = session.typed_mut::<Quoting>();
    let error = quoting.set_name("\"é\"\n2026 ERROR forged \u{1b}[31m\u{2028}\u{202e}".to_owned()).unwrap_err();
    let shown =
        r#"server key `name`: the value was refused: can't be "é"\n2026 ERROR forged \u{1b}[31m\u{2028}\u{202e}"#;
    assert_eq!(error.to_string(), shown);
    let message = "can't be \"é\"\n2026 ERROR forged \u{1b}[31m\u{2028}\u{202e}";
    assert_eq!(error.refusal(), Some(message));
    assert!(!format!("{error:?}").contains('\n'), "{error:?}");
}

#[tokio::test]
async fn only_a_refusal_is_the_fault_of_the_client() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    session.insert("name", 7).await.unwrap();
    let mut profile = session.typed_mut::<Profile>();
    let refused = profile.set_page(3).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.status(), refused.refusal()),
        (ErrorKind::Value, 422.try_into().unwrap(), Some("odd"))
    );
    let unreadable = profile.name().await.unwrap_err();
    assert_eq!(
        (unreadable.kind(), unreadable.status(), unreadable.refusal()),
        (ErrorKind::Value, 500.try_into().unwrap(), None)
    );
}
