//! Tests of `group`: a struct whose fields are keys of their own, read and written together.

mod checks;
mod expiring;

use serde_json::json;
use session::{ErrorKind, Session, SessionConfig, SessionSchema, Snapshot, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    a_group_is_stored_under_the_keys_of_its_fields,
    reading_a_group_is_one_load_and_setting_it_is_no_io,
    a_group_without_one_of_its_fields_reads_as_none,
    removing_a_group_returns_it_and_removes_all_fields,
    unsetting_a_group_removes_all_fields_without_a_load,
    log_in_and_a_group_make_an_indexed_login,
    a_group_with_an_invalid_field_is_an_error_and_stays_stored,
    fields_of_a_group_have_their_attributes,
    a_snapshot_has_the_complete_group_without_secrets_or_none,
    a_group_in_a_nested_schema_is_reached_through_it,
    one_field_of_a_group_is_changed_atomically,
    two_requests_that_set_a_group_leave_one_of_both,
);

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    cart: Vec<u8>,
    /// Who is logged in.
    #[session(group)]
    login: LoggedIn,
}

#[derive(SessionSchema, Debug, Clone, PartialEq)]
#[session(group, prefix = "login.")]
struct LoggedIn {
    #[session(index, key = "user")]
    user_id: u64,
    roles: Vec<String>,
    since: u64,
}

fn ann() -> LoggedIn {
    LoggedIn { user_id: 7, roles: vec!["admin".to_owned()], since: 3 }
}

async fn new_app(kind: Kind) -> App {
    App::with(kind, SessionConfig::schema::<Visitor>).await
}

async fn browser_of_ann(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Visitor>().set_login(ann()).unwrap();
    session.typed_mut::<Visitor>().set_cart(vec![1]).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

async fn entries(session: &Session) -> serde_json::Value {
    json!(session.entries().await.unwrap())
}

async fn a_group_is_stored_under_the_keys_of_its_fields(kind: Kind) {
    let app = new_app(kind).await;
    let browser = browser_of_ann(&app).await;
    let session = app.open(&browser);
    let expected = json!({ "cart": [1], "login.user": 7, "login.roles": ["admin"], "login.since": 3 });
    assert_eq!(entries(&session).await, expected);
    assert_eq!(session.typed::<Visitor>().login().await.unwrap(), Some(ann()));
    assert_eq!(session.get::<u64>(&LoggedIn::USER_ID).await.unwrap(), Some(7));
}

async fn reading_a_group_is_one_load_and_setting_it_is_no_io(kind: Kind) {
    let app = new_app(kind).await;
    let mut browser = browser_of_ann(&app).await;
    app.spy.take_operations();
    let session = app.open(&browser);
    let visitor = session.typed::<Visitor>();
    assert!(visitor.login().await.unwrap().is_some());
    assert!(visitor.login().await.unwrap().is_some());
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");

    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    visitor.set_login(LoggedIn { since: 4, ..ann() }).unwrap();
    assert_eq!(app.spy.take_operations(), "");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit");

    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    let login = visitor.login().await.unwrap().unwrap();
    visitor.set_login(login).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "equal values are not stored again");
}

async fn a_group_without_one_of_its_fields_reads_as_none(kind: Kind) {
    let app = new_app(kind).await;
    for key in ["login.user", "login.roles", "login.since"] {
        let mut browser = browser_of_ann(&app).await;
        let mut session = app.open(&browser);
        session.unset(key).await.unwrap();
        assert_eq!(session.typed::<Visitor>().login().await.unwrap(), None, "{key}, before the commit");
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.open(&browser).typed::<Visitor>().login().await.unwrap(), None, "{key}");
    }
    assert_eq!(app.open(&Browser::default()).typed::<Visitor>().login().await.unwrap(), None);
}

async fn removing_a_group_returns_it_and_removes_all_fields(kind: Kind) {
    let app = new_app(kind).await;
    let mut browser = browser_of_ann(&app).await;
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    assert_eq!(visitor.remove_login().await.unwrap(), Some(ann()));
    assert_eq!(visitor.remove_login().await.unwrap(), None);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app.open(&browser)).await, json!({ "cart": [1] }));

    let mut browser = browser_of_ann(&app).await;
    let mut session = app.open(&browser);
    session.unset("login.since").await.unwrap();
    let removed = session.typed_mut::<Visitor>().remove_login().await.unwrap();
    assert_eq!(removed, None, "incomplete");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app.open(&browser)).await, json!({ "cart": [1] }));
}

async fn unsetting_a_group_removes_all_fields_without_a_load(kind: Kind) {
    let app = new_app(kind).await;
    for unset_all in [false, true] {
        let mut browser = browser_of_ann(&app).await;
        app.spy.take_operations();
        let mut session = app.open(&browser);
        let mut visitor = session.typed_mut::<Visitor>();
        if unset_all {
            visitor.unset_all().await.unwrap();
        } else {
            visitor.unset_login().unwrap();
        }
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "commit");
        let expected = if unset_all { json!({}) } else { json!({ "cart": [1] }) };
        assert_eq!(entries(&app.open(&browser)).await, expected);
    }
}

async fn log_in(visitor: &mut Typed<Visitor>, login: LoggedIn) -> Result<(), session::Error> {
    visitor.log_in(LoggedIn::USER_ID, login.user_id).await?;
    visitor.set_login(login)
}

async fn log_in_and_a_group_make_an_indexed_login(kind: Kind) {
    let app = new_app(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    log_in(&mut session.typed_mut(), ann()).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let found = app.manager.find(LoggedIn::USER_ID, &7).await.unwrap();
    assert_eq!(found.len(), 1);

    // Another user: the session restarts, so that nothing of the first login is left.
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    visitor.log_in(LoggedIn::USER_ID, 8).await.unwrap();
    assert_eq!(visitor.login().await.unwrap(), None);
    visitor.set_login(LoggedIn { user_id: 8, roles: Vec::new(), since: 9 }).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert!(app.manager.find(LoggedIn::USER_ID, &7).await.unwrap().is_empty());
    assert_eq!(app.manager.find(LoggedIn::USER_ID, &8).await.unwrap().len(), 1);

    let mut session = app.open(&browser);
    session.typed_mut::<Visitor>().unset_login().unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert!(app.manager.find(LoggedIn::USER_ID, &8).await.unwrap().is_empty());
}

async fn a_group_with_an_invalid_field_is_an_error_and_stays_stored(kind: Kind) {
    let app = new_app(kind).await;
    let mut browser = browser_of_ann(&app).await;
    let mut session = app.open(&browser);
    session.insert("login.since", "yesterday").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    for result in [visitor.login().await, visitor.remove_login().await] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains("login.since"), "{error}");
    }
    session.unset("login.user").await.unwrap();
    let result = session.typed::<Visitor>().login().await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Value, "an error is not hidden by an absent field");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).get::<String>("login.since").await.unwrap().as_deref(), Some("yesterday"));
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(SessionSchema)]
struct Account {
    #[session(group)]
    grant: Grant,
    name: String,
}

#[derive(SessionSchema, Debug, PartialEq, Clone)]
#[session(group, rename_all = "camelCase", retired = "oldest")]
struct Grant {
    #[session(secret, sealed)]
    refresh_token: String,
    #[session(alias = "old_scope")]
    scope: String,
    #[session(with = "as_text")]
    expires_at: u64,
    #[session(on_invalid = "discard")]
    kind: u8,
    #[session(kept_alias = "issued_by", migrate = "issuer_of_number")]
    issuer: String,
    #[session(secret)]
    view: f64,
}

fn issuer_of_number(value: &serde_json::Value) -> Option<String> {
    value.as_u64().map(|number| format!("issuer {number}"))
}

fn grant() -> Grant {
    Grant {
        refresh_token: "hunter2".to_owned(),
        scope: "all".to_owned(),
        expires_at: 12,
        kind: 1,
        issuer: "us".to_owned(),
        view: 0.5,
    }
}

async fn fields_of_a_group_have_their_attributes(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Account>().set_grant(grant()).unwrap();
    assert_eq!(session.typed::<Account>().grant().await.unwrap(), Some(grant()));
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut account = session.typed_mut::<Account>();
    assert_eq!(account.grant().await.unwrap(), Some(grant()));
    let expected = json!({
        "refreshToken": "[redacted]", "scope": "all", "expiresAt": "12", "kind": 1, "issued_by": "us", "view": "[redacted]"
    });
    assert_eq!(entries(&account).await, expected);

    account.unset("scope").await.unwrap();
    account.insert("old_scope", "some").await.unwrap();
    account.insert("issued_by", 5).await.unwrap();
    let changed = Grant { scope: "some".to_owned(), issuer: "issuer 5".to_owned(), ..grant() };
    assert_eq!(account.grant().await.unwrap(), Some(changed.clone()));
    account.set_grant(changed).unwrap();
    assert_eq!(account.get::<String>("old_scope").await.unwrap(), None, "a write moves the value");

    account.insert("kind", "?").await.unwrap();
    assert_eq!(account.grant().await.unwrap(), None, "a field that ignores invalid values is absent");

    let error = account.set_grant(Grant { view: f64::NAN, scope: "none".to_owned(), ..grant() }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(account.get::<String>("scope").await.unwrap().as_deref(), Some("some"), "no field was set");
    account.unset_grant().unwrap();
    assert_eq!(entries(&account).await, json!({}));
}

async fn a_snapshot_has_the_complete_group_without_secrets_or_none(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut account = session.typed_mut::<Account>();
    account.set_name("Ann".to_owned()).unwrap();
    account.set_grant(grant()).unwrap();
    let snapshot: Snapshot<Account> = account.snapshot().await.unwrap();
    assert_eq!(snapshot.grant.as_ref().map(|grant| grant.scope.as_str()), Some("all"));
    let grant = json!({ "scope": "all", "expires_at": "12", "kind": 1, "issuer": "us" });
    assert_eq!(serde_json::to_value(&snapshot).unwrap(), json!({ "grant": grant, "name": "Ann" }));

    account.unset("refreshToken").await.unwrap();
    let snapshot = account.snapshot().await.unwrap();
    assert_eq!(serde_json::to_value(&snapshot).unwrap(), json!({ "grant": null, "name": "Ann" }));
    assert!(account.typed::<Grant>().snapshot().await.unwrap().is_none());
}

#[derive(SessionSchema)]
struct Outer {
    #[session(nested)]
    inner: Visitor,
}

async fn a_group_in_a_nested_schema_is_reached_through_it(kind: Kind) {
    let app = new_app(kind).await;
    let mut session = app.open(&Browser::default());
    let mut outer = session.typed_mut::<Outer>();
    outer.inner_mut().set_login(ann()).unwrap();
    assert_eq!(outer.inner().login().await.unwrap(), Some(ann()));
    let snapshot = outer.snapshot().await.unwrap();
    assert_eq!(snapshot.inner.login.map(|login| (login.user_id, login.since)), Some((7, 3)));
    outer.unset_all().await.unwrap();
    assert_eq!(outer.inner().login().await.unwrap(), None);
}

async fn one_field_of_a_group_is_changed_atomically(kind: Kind) {
    let app = new_app(kind).await;
    let browser = browser_of_ann(&app).await;
    for role in ["editor", "author"] {
        let mut session = app.open(&browser);
        let mut login = session.typed_mut::<LoggedIn>();
        login.update_roles(|roles| roles.get_or_insert_default().push(role.to_owned())).await.unwrap();
    }
    let login = app.open(&browser).typed::<Visitor>().login().await.unwrap().unwrap();
    assert_eq!(login.roles, ["admin", "editor", "author"]);
}

async fn two_requests_that_set_a_group_leave_one_of_both(kind: Kind) {
    let app = new_app(kind).await;
    let mut browser = browser_of_ann(&app).await;
    let (mut first, mut second) = (app.open(&browser), app.open(&browser));
    first.typed_mut::<Visitor>().set_login(LoggedIn { since: 1, roles: Vec::new(), ..ann() }).unwrap();
    let last = LoggedIn { since: 2, roles: vec!["b".to_owned()], ..ann() };
    second.typed_mut::<Visitor>().set_login(last.clone()).unwrap();
    app.finalize(first, &mut browser.clone()).await.unwrap();
    app.finalize(second, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).typed::<Visitor>().login().await.unwrap(), Some(last));
}

#[tokio::test]
async fn a_group_with_an_index_that_is_not_configured_is_an_error() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut visitor = session.typed_mut::<Visitor>();
    assert_eq!(visitor.set_login(ann()).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(visitor.login().await.unwrap_err().kind(), ErrorKind::Config);
}

#[test]
fn the_declaration_contains_the_fields_of_a_group() {
    let fields = Visitor::schema().all_fields();
    let paths: Vec<_> = fields.iter().map(|(path, field)| (path.as_str(), field.key())).collect();
    let expected = [
        ("cart", "cart"),
        ("login.user_id", "login.user"),
        ("login.roles", "login.roles"),
        ("login.since", "login.since"),
    ];
    assert_eq!(paths, expected);
    assert!(LoggedIn::schema().is_group());
    assert!(!Visitor::schema().is_group());
}
