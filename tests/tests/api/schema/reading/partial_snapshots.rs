//! Tests of `partial_snapshot`, of the traits of snapshots, and of the read-only view of a `Typed`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use session::{Error, ErrorKind, ReadOnly, SessionSchema, Snapshot, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    a_partial_snapshot_contains_the_valid_fields_and_the_errors_of_the_others,
    a_partial_snapshot_omits_invalid_entries,
    a_partial_snapshot_has_no_group_with_an_invalid_value,
    a_partial_snapshot_without_invalid_values_is_the_snapshot,
    debug_of_a_snapshot_shows_all_fields_except_sealed_and_secret_ones,
    a_snapshot_derives_the_traits_of_its_schema,
);

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default = 20)]
    size: u8,
    #[session(client)]
    theme: String,
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
    express: bool,
}

async fn a_partial_snapshot_contains_the_valid_fields_and_the_errors_of_the_others(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("user_id", "seven").await.unwrap();
    session.insert("size", -1).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    session.insert("checkout.address", 8000).await.unwrap();
    session.insert("checkout.express", true).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    assert_eq!(session.snapshot::<Visitor>().await.err().unwrap().kind(), ErrorKind::Value);
    app.spy.take_operations();
    let partial = app.open(&browser).typed::<Visitor>().partial_snapshot().await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "one load for all fields");
    let visitor = partial.snapshot;
    assert_eq!((visitor.user_id, visitor.size, visitor.theme.as_deref()), (None, 20, Some("dark")));
    assert_eq!((visitor.checkout.address, visitor.checkout.express), (None, Some(true)));
    let errors: Vec<_> = partial.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    for (error, key) in errors.iter().zip(["`user_id`", "`size`", "`checkout.address`"]) {
        assert!(error.contains(key), "{error}: {key}");
    }
    assert!(partial.errors.iter().all(|error| error.kind() == ErrorKind::Value));
}

async fn a_partial_snapshot_omits_invalid_entries(kind: Kind) {
    let app = App::new(kind).await;
    let browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("cart:1", 10).await.unwrap();
    session.insert("cart:2", "ten").await.unwrap();
    session.insert("cart:three", 30).await.unwrap();
    assert!(session.snapshot::<Visitor>().await.is_err());
    let partial = session.typed_mut::<Visitor>().partial_snapshot().await.unwrap();
    assert_eq!(partial.snapshot.cart, BTreeMap::from([(1, 10)]));
    let errors: Vec<_> = partial.errors.iter().map(ToString::to_string).collect();
    assert!(
        matches!(&errors[..], [one, other] if one.contains("cart:2") && other.contains("cart:three")),
        "{errors:?}"
    );
}

#[derive(SessionSchema)]
struct Owner {
    name: String,
    #[session(group)]
    login: Login,
}

#[derive(SessionSchema)]
#[session(group, prefix = "login.")]
struct Login {
    user_id: u64,
    roles: Vec<String>,
    #[session(secret)]
    token: String,
}

async fn a_partial_snapshot_has_no_group_with_an_invalid_value(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let login = Login { user_id: 7, roles: Vec::new(), token: "t".to_owned() };
    let mut account = session.typed_mut::<Owner>();
    account.set_name("ann".to_owned()).unwrap();
    account.set_login(login).unwrap();
    for (keys, count) in [(&["login.user_id"][..], 1), (&["login.user_id", "login.roles"], 2), (&["login.token"], 1)] {
        let mut session = session.handle();
        let mut changed = session.typed_mut::<Owner>();
        for key in keys {
            changed.insert(*key, false).await.unwrap();
        }
        assert_eq!(changed.login().await.err().unwrap().kind(), ErrorKind::Value, "{keys:?}");
        let partial = changed.partial_snapshot().await.unwrap();
        assert_eq!(partial.snapshot.name.as_deref(), Some("ann"));
        assert!(partial.snapshot.login.is_none());
        let errors: Vec<_> = partial.errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), count, "{errors:?}");
        assert!(errors.iter().zip(keys).all(|(error, key)| error.contains(key)), "{errors:?}");
        let login = Login { user_id: 7, roles: Vec::new(), token: "t".to_owned() };
        changed.set_login(login).unwrap();
        assert_eq!(changed.partial_snapshot().await.unwrap().snapshot.login.unwrap().user_id, 7);
    }
}

async fn a_partial_snapshot_without_invalid_values_is_the_snapshot(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut visitor = session.typed_mut::<Visitor>();
    visitor.set_user_id(7).unwrap();
    visitor.checkout_mut().set_address("Bern".to_owned()).unwrap();
    let partial = visitor.partial_snapshot().await.unwrap();
    assert!(partial.errors.is_empty());
    let (partial, full) = (partial.snapshot, visitor.snapshot().await.unwrap());
    assert_eq!(serde_json::to_string(&partial).unwrap(), serde_json::to_string(&full).unwrap());
}

async fn user(visitor: &ReadOnly<Visitor>) -> Result<Option<u64>, Error> {
    visitor.user_id().await
}

#[tokio::test]
async fn a_function_that_takes_a_read_only_accepts_a_typed() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut visitor: Typed<Visitor> = session.typed_mut();
    visitor.set_user_id(7).unwrap();
    assert_eq!(user(visitor.as_read_only()).await.unwrap(), Some(7));
    assert_eq!(user((&visitor).into()).await.unwrap(), Some(7));
    assert_eq!(user(visitor.as_ref()).await.unwrap(), Some(7));
    let mut checkout = visitor.checkout_mut();
    checkout.set_express(true).unwrap();
    assert_eq!(checkout.as_read_only().express().await.unwrap(), Some(true));
}

/// Its `Debug` hides the value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Email(String);

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// Neither `Debug` nor `Clone` nor `PartialEq`.
#[derive(Serialize, Deserialize)]
struct Opaque(String);

#[derive(SessionSchema)]
struct Account {
    user_id: u64,
    email: Email,
    opaque: Opaque,
    #[session(default)]
    r#type: Vec<u8>,
    #[session(sealed)]
    phone: String,
    #[session(sealed, default)]
    address: Opaque,
    #[session(secret)]
    password: String,
    #[session(flash)]
    notice: String,
    #[session(with = "as_text")]
    size: Email,
    #[session(with = "as_text", default = Email("none".to_owned()))]
    weight: Email,
    #[session(keyed)]
    emails: BTreeMap<u32, Email>,
    #[session(keyed, sealed)]
    codes: BTreeMap<String, String>,
    #[session(keyed, with = "as_text")]
    texts: BTreeMap<u32, Email>,
    #[session(nested)]
    profile: Profile,
}

impl Default for Opaque {
    fn default() -> Self {
        Self("hidden default".to_owned())
    }
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Email;

    pub(super) fn serialize<S: Serializer>(value: &Email, serializer: S) -> Result<S::Ok, S::Error> {
        value.0.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        String::deserialize(deserializer).map(Email)
    }
}

#[derive(SessionSchema)]
#[session(prefix = "profile.", snapshot(Clone, PartialEq))]
struct Profile {
    #[session(sealed)]
    birthday: String,
    nick: String,
    #[session(group)]
    grant: Grant,
}

#[derive(SessionSchema)]
#[session(group, prefix = "grant.", snapshot(Clone, PartialEq))]
struct Grant {
    scope: String,
    #[session(sealed)]
    card: String,
    #[session(secret)]
    token: String,
}

async fn debug_of_a_snapshot_shows_all_fields_except_sealed_and_secret_ones(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut account = session.typed_mut::<Account>();
    let hidden = || "hidden".to_owned();
    account.set_user_id(7).unwrap();
    account.set_email(Email(hidden())).unwrap();
    account.set_opaque(Opaque(hidden())).unwrap();
    account.set_phone(hidden()).unwrap();
    account.set_address(Opaque(hidden())).unwrap();
    account.set_password(hidden()).unwrap();
    account.set_notice(hidden()).unwrap();
    account.set_size(Email(hidden())).unwrap();
    account.set_weight(Email(hidden())).unwrap();
    account.set_emails(&1, Email(hidden())).unwrap();
    account.set_codes("hidden", hidden()).unwrap();
    account.set_texts(&2, Email(hidden())).unwrap();
    let mut profile = account.profile_mut();
    profile.set_birthday(hidden()).unwrap();
    profile.set_nick("Ann".to_owned()).unwrap();
    profile.set_grant(Grant { scope: "all".to_owned(), card: hidden(), token: hidden() }).unwrap();

    let grant = r#"Some(Grant { scope: "all", card: [redacted] })"#;
    let profile = format!(r#"Profile {{ birthday: [redacted], nick: Some("Ann"), grant: {grant} }}"#);
    let expected = format!(
        "Account {{ user_id: Some(7), email: Some(Email(..)), opaque: [not Debug], type: [], phone: [redacted], \
         address: [redacted], size: Some(Email(..)), weight: Email(..), emails: {{1: Email(..)}}, codes: [redacted], \
         texts: {{2: Email(..)}}, profile: {profile} }}"
    );
    assert_eq!(format!("{:?}", account.snapshot().await.unwrap()), expected);
    let partial = account.partial_snapshot().await.unwrap();
    assert_eq!(format!("{partial:?}"), format!("PartialSnapshot {{ snapshot: {expected}, errors: [] }}"));
}

#[derive(SessionSchema)]
#[session(snapshot(Clone, PartialEq))]
struct Page {
    user_id: u64,
    #[session(default)]
    size: u8,
    #[session(keyed)]
    cart: BTreeMap<u32, String>,
    #[session(with = "as_text")]
    email: Email,
    #[session(nested)]
    profile: Profile,
}

async fn a_snapshot_derives_the_traits_of_its_schema(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut page = session.typed_mut::<Page>();
    let empty: Snapshot<Page> = page.snapshot().await.unwrap();
    page.set_user_id(7).unwrap();
    page.set_cart(&1, "book".to_owned()).unwrap();
    page.profile_mut().set_nick("Ann".to_owned()).unwrap();
    let snapshot = page.snapshot().await.unwrap();
    let mut copy = snapshot.clone();
    assert!(copy == snapshot && copy != empty);
    assert_eq!((copy.cart.len(), copy.profile.nick.as_deref()), (1, Some("Ann")));
    copy.profile.nick = None;
    assert_ne!(copy, snapshot);
}
