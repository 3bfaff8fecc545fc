//! Groups whose fields expire.

use std::time::Duration;

use session::{SessionSchema, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

use crate::schema::stored_keys;

on_every_store!(
    a_group_with_an_expired_field_reads_as_none,
    setting_a_group_starts_the_time_of_each_field_again,
    removing_a_group_with_an_expired_field_returns_none_and_removes_all_fields,
    removing_a_group_whose_fields_expired_is_no_commit,
    removing_a_group_keeps_an_expired_field_that_another_request_sets,
    removing_a_complete_group_removes_one_that_another_request_sets,
    unsetting_a_group_removes_expired_fields_without_a_load,
    unsetting_a_group_removes_one_that_another_request_sets,
);

const TEN_MINUTES: Duration = Duration::from_mins(10);
const JUST_UNDER_TEN_MINUTES: Duration = Duration::from_millis(599_999);

#[derive(SessionSchema)]
struct Visitor {
    name: String,
    #[session(group)]
    step_up: StepUp,
    #[session(group)]
    code: Code,
}

#[derive(SessionSchema, Debug, Clone, PartialEq)]
#[session(group, prefix = "step_up.")]
struct StepUp {
    method: String,
    #[session(expires_in = "10m")]
    code: String,
    #[session(expires_in = "10m", sealed, alias = "old_token")]
    token: String,
    #[session(expires_in = "1h")]
    started: u64,
}

/// A group without a field that stays.
#[derive(SessionSchema, Debug, Clone, PartialEq)]
#[session(group, prefix = "code.")]
struct Code {
    #[session(expires_in = "10m")]
    text: String,
    #[session(expires_in = "10m", sealed)]
    secret: u64,
}

fn step_up() -> StepUp {
    StepUp { method: "sms".to_owned(), code: "123456".to_owned(), token: "t".to_owned(), started: 3 }
}

fn code() -> Code {
    Code { text: "1234".to_owned(), secret: 7 }
}

/// One request. Returns its store operations.
async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Typed<Visitor>)) -> String {
    app.spy.take_operations();
    let mut session = app.open(browser);
    request(&mut session.typed_mut::<Visitor>()).await;
    app.finalize(session, browser).await.unwrap();
    app.spy.take_operations()
}

/// A browser with both groups. The fields that expire after ten minutes have expired.
async fn expired(app: &App) -> Browser {
    let mut browser = Browser::default();
    request(app, &mut browser, async |visitor| {
        visitor.set_name("Ada".to_owned()).unwrap();
        visitor.set_step_up(step_up()).unwrap();
        visitor.set_code(code()).unwrap();
        assert_eq!(visitor.step_up().await.unwrap(), Some(step_up()), "before the commit");
    })
    .await;
    app.advance(TEN_MINUTES);
    browser
}

async fn step_up_of(app: &App, browser: &Browser) -> Option<StepUp> {
    app.open(browser).typed::<Visitor>().step_up().await.unwrap()
}

async fn a_group_with_an_expired_field_reads_as_none(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    app.rewind(Duration::from_millis(1));
    assert_eq!(step_up_of(&app, &browser).await, Some(step_up()));
    let snapshot = app.open(&browser).snapshot::<Visitor>().await.unwrap();
    assert_eq!(snapshot.step_up.map(|group| group.started), Some(3));

    app.advance(Duration::from_millis(1));
    let operations = request(&app, &mut browser, async |visitor| {
        assert_eq!(visitor.step_up().await.unwrap(), None);
        assert!(visitor.snapshot().await.unwrap().step_up.is_none());
        let fields = visitor.typed::<StepUp>();
        assert_eq!(fields.code().await.unwrap(), None);
        assert_eq!(fields.token().await.unwrap(), None);
        assert_eq!(fields.method().await.unwrap().as_deref(), Some("sms"), "the fields that have not expired");
        assert_eq!(fields.started().await.unwrap(), Some(3));
    })
    .await;
    assert_eq!(operations, "load", "a read deletes nothing");
}

async fn setting_a_group_starts_the_time_of_each_field_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    request(&app, &mut browser, async |visitor| visitor.set_step_up(step_up()).unwrap()).await;
    app.advance(JUST_UNDER_TEN_MINUTES);
    assert_eq!(step_up_of(&app, &browser).await, Some(step_up()));
    let operations = request(&app, &mut browser, async |visitor| {
        let group = visitor.step_up().await.unwrap().unwrap();
        visitor.set_step_up(group).unwrap();
    })
    .await;
    assert_eq!(operations, "load commit", "equal values with another expiry time");
    app.advance(JUST_UNDER_TEN_MINUTES);
    assert_eq!(step_up_of(&app, &browser).await, Some(step_up()));
    app.advance(Duration::from_millis(1));
    assert_eq!(step_up_of(&app, &browser).await, None);
}

async fn removing_a_group_with_an_expired_field_returns_none_and_removes_all_fields(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |visitor| {
        assert_eq!(visitor.remove_step_up().await.unwrap(), None);
        assert_eq!(visitor.typed::<StepUp>().method().await.unwrap(), None);
    })
    .await;
    assert_eq!(operations, "load commit");
    assert_eq!(stored_keys(&app, &browser).await, "name", "the commit deletes all expired values");

    // A value under an alias is removed too.
    request(&app, &mut browser, async |visitor| {
        visitor.set_step_up(step_up()).unwrap();
        let token = visitor.get::<String>("step_up.token").await.unwrap().unwrap();
        visitor.insert("old_token", token).await.unwrap();
        visitor.unset("step_up.token").await.unwrap();
    })
    .await;
    request(&app, &mut browser, async |visitor| _ = visitor.remove_step_up().await.unwrap()).await;
    assert_eq!(stored_keys(&app, &browser).await, "name");
}

async fn removing_a_group_whose_fields_expired_is_no_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations =
        request(&app, &mut browser, async |visitor| assert_eq!(visitor.remove_code().await.unwrap(), None)).await;
    assert_eq!(operations, "load", "a later commit deletes them");
}

async fn removing_a_group_keeps_an_expired_field_that_another_request_sets(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |visitor| {
        assert_eq!(visitor.code().await.unwrap(), None);
        request(&app, &mut other, async |visitor| {
            visitor.set_code(code()).unwrap();
            visitor.set_step_up(StepUp { code: "654321".to_owned(), ..step_up() }).unwrap();
        })
        .await;
        assert_eq!(visitor.remove_code().await.unwrap(), None);
        assert_eq!(visitor.remove_step_up().await.unwrap(), None);
    })
    .await;
    let session = app.open(&browser);
    assert_eq!(session.typed::<Visitor>().code().await.unwrap(), Some(code()));
    // Fields that the request read as present are removed, so that a logout leaves no user behind.
    let fields = session.typed::<StepUp>();
    assert_eq!((fields.method().await.unwrap(), fields.started().await.unwrap()), (None, None));
    assert_eq!(fields.code().await.unwrap().as_deref(), Some("654321"));
    assert_eq!(fields.token().await.unwrap().as_deref(), Some("t"));
}

async fn removing_a_complete_group_removes_one_that_another_request_sets(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    request(&app, &mut browser, async |visitor| visitor.set_code(code()).unwrap()).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |visitor| {
        assert_eq!(visitor.code().await.unwrap(), Some(code()));
        request(&app, &mut other, async |visitor| visitor.set_code(Code { secret: 8, ..code() }).unwrap()).await;
        assert_eq!(visitor.remove_code().await.unwrap(), Some(code()));
    })
    .await;
    assert_eq!(app.open(&browser).typed::<Visitor>().code().await.unwrap(), None, "the later commit is stored");
    let fields = app.open(&browser).typed::<Code>();
    assert_eq!((fields.text().await.unwrap(), fields.secret().await.unwrap()), (None, None));
}

async fn unsetting_a_group_removes_expired_fields_without_a_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |visitor| {
        visitor.unset_step_up().unwrap();
        visitor.unset_code().unwrap();
    })
    .await;
    assert_eq!(operations, "commit");
    assert_eq!(stored_keys(&app, &browser).await, "name");
}

/// `unset_` does not depend on the value that the request has read.
async fn unsetting_a_group_removes_one_that_another_request_sets(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |visitor| {
        assert_eq!(visitor.code().await.unwrap(), None);
        request(&app, &mut other, async |visitor| visitor.set_code(code()).unwrap()).await;
        visitor.unset_code().unwrap();
    })
    .await;
    assert_eq!(app.open(&browser).typed::<Visitor>().code().await.unwrap(), None);
}
