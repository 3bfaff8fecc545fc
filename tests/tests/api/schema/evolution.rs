//! Tests of a schema that changes between releases.

use serde_json::{Value, json};
use session::{ErrorKind, SessionId};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    a_session_of_the_previous_release_is_read_field_by_field,
    one_invalid_field_affects_no_other,
    the_first_writes_of_the_new_release_remove_the_old_keys,
    a_session_of_two_releases_ago_is_readable,
    a_job_reads_and_repairs_an_old_session_by_its_id,
);

/// The previous release.
mod v1 {
    use serde::{Deserialize, Serialize};
    use session::SessionSchema;

    #[derive(Clone, Serialize, Deserialize)]
    pub(super) struct Line(pub(super) String, pub(super) u32);

    #[derive(SessionSchema)]
    pub(super) struct Visitor {
        #[session(key = "user")]
        pub(super) user_id: u64,
        #[session(default)]
        pub(super) cart: Vec<Line>,
        pub(super) theme: String,
        pub(super) referrer: String,
        pub(super) size: String,
        pub(super) language: String,
    }
}

/// The new release: a renamed key, a changed type, an ignored invalid value, a removed field, and a moved field.
mod v2 {
    use serde::{Deserialize, Serialize};
    use serde_json::Value;
    use session::SessionSchema;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Line {
        pub(super) article: String,
        pub(super) quantity: u32,
    }

    #[derive(SessionSchema)]
    #[session(retired = "referrer", retired = "theme")]
    pub(super) struct Visitor {
        #[session(key = "user.id", alias = "user", alias = "uid")]
        pub(super) user_id: u64,
        #[session(default, migrate = "lines_of_pairs")]
        pub(super) cart: Vec<Line>,
        #[session(client, default = "light".to_owned())]
        pub(super) theme: String,
        #[session(on_invalid = "discard")]
        pub(super) size: u32,
        pub(super) language: String,
    }

    fn lines_of_pairs(old: &Value) -> Option<Vec<Line>> {
        let pairs: Vec<(String, u32)> = Deserialize::deserialize(old).ok()?;
        Some(pairs.into_iter().map(|(article, quantity)| Line { article, quantity }).collect())
    }
}

async fn written_by_v1(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<v1::Visitor>();
    visitor.set_user_id(7).unwrap();
    visitor.set_cart(vec![v1::Line("tea".to_owned(), 2)]).unwrap();
    visitor.set_theme("dark".to_owned()).unwrap();
    visitor.set_referrer("newsletter".to_owned()).unwrap();
    visitor.set_size("large".to_owned()).unwrap();
    visitor.set_language("de".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    browser
}

fn tea(quantity: u32) -> v2::Line {
    v2::Line { article: "tea".to_owned(), quantity }
}

async fn stored(app: &App, browser: &Browser) -> Value {
    app.open(browser).entries().await.unwrap().into()
}

async fn a_session_of_the_previous_release_is_read_field_by_field(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_by_v1(&app).await;
    let before = stored(&app, &browser).await;
    app.spy.take_operations();

    let session = app.open(&browser);
    let visitor = session.typed::<v2::Visitor>();
    assert_eq!(visitor.user_id().await.unwrap(), Some(7), "renamed");
    assert_eq!(visitor.cart().await.unwrap(), [tea(2)], "migrated");
    assert_eq!(visitor.size().await.unwrap(), None, "invalid, and ignored");
    assert_eq!(visitor.theme().unwrap(), "light", "moved to the client side: stored values are not moved");
    assert_eq!(visitor.language().await.unwrap().as_deref(), Some("de"));
    let snapshot = serde_json::to_value(visitor.snapshot().await.unwrap()).unwrap();
    let cart = json!([{ "article": "tea", "quantity": 2 }]);
    let expected = json!({ "user_id": 7, "cart": cart, "theme": "light", "size": null, "language": "de" });
    assert_eq!(snapshot, expected);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "reading an old session writes nothing");
    assert_eq!(stored(&app, &browser).await, before, "a rollback can read it");
}

async fn one_invalid_field_affects_no_other(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_by_v1(&app).await;
    let mut session = app.open(&browser);
    session.insert("user", "not a number").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<v2::Visitor>();
    let error = visitor.user_id().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().contains("server key `user`"), "the error contains the stored key: {error}");
    assert_eq!(visitor.cart().await.unwrap(), [tea(2)]);
    visitor.update_cart(|cart| cart[0].quantity += 1).await.unwrap();
    visitor.set_user_id(8).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let visitor = app.open(&browser).typed::<v2::Visitor>();
    assert_eq!((visitor.user_id().await.unwrap(), visitor.cart().await.unwrap()), (Some(8), vec![tea(3)]));
}

async fn the_first_writes_of_the_new_release_remove_the_old_keys(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_by_v1(&app).await;
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<v2::Visitor>();
    let (user, cart) = (visitor.user_id().await.unwrap().unwrap(), visitor.cart().await.unwrap());
    visitor.set_user_id(user).unwrap();
    visitor.set_cart(cart).unwrap();
    visitor.unset_size().unwrap();
    visitor.set_theme("dark".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");

    let cart = json!([{ "article": "tea", "quantity": 2 }]);
    assert_eq!(stored(&app, &browser).await, json!({ "user.id": 7, "cart": cart, "language": "de" }));
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
}

async fn a_session_of_two_releases_ago_is_readable(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("uid", 5).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<v2::Visitor>();
    assert_eq!(visitor.user_id().await.unwrap(), Some(5));
    visitor.update_user_id(|user| *user.as_mut().unwrap() += 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await, json!({ "user.id": 6 }));
}

async fn a_job_reads_and_repairs_an_old_session_by_its_id(kind: Kind) {
    let app = App::new(kind).await;
    let browser = written_by_v1(&app).await;
    let id: SessionId = app.open(&browser).id().unwrap();

    let mut job = app.manager.by_id(id);
    let mut visitor = job.typed_mut::<v2::Visitor>();
    let user = visitor.user_id().await.unwrap().unwrap();
    visitor.set_user_id(user).unwrap();
    job.sync().await.unwrap();

    let stored = stored(&app, &browser).await;
    assert_eq!((&stored["user.id"], &stored["user"], &stored["referrer"]), (&json!(7), &Value::Null, &Value::Null));
}
