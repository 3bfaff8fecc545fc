//! Tests of `Typed::unset_all`, and of the handles of nested schemas.

use std::future::Future;

use serde_json::json;
use session::{ErrorKind, SessionSchema, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    unset_all_removes_the_fields_of_its_schema_and_of_nested_ones,
    unset_all_costs_one_commit_and_no_load,
    unset_all_removes_values_under_an_alias,
    unset_all_of_a_nested_schema_keeps_the_outer_fields,
    unset_all_removes_the_server_fields_of_a_session_opened_by_its_id,
    unset_all_after_the_response_is_an_error,
);

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(alias = "old_name", alias = "older_name")]
    name: String,
    #[session(default)]
    cart: Vec<u8>,
    #[session(flash)]
    notice: String,
    #[session(secret, sealed)]
    token: String,
    #[session(client, default)]
    dark: bool,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
    #[session(client, flash)]
    hint: String,
    #[session(nested)]
    payment: Payment,
}

#[derive(SessionSchema)]
#[session(prefix = "payment.")]
struct Payment {
    card: u64,
}

/// Another schema of the same session.
#[derive(SessionSchema)]
#[session(prefix = "other.")]
struct Other {
    visits: u64,
    #[session(client)]
    language: String,
}

fn fill(visitor: &mut Typed<Visitor>) {
    visitor.set_user_id(7).unwrap();
    visitor.set_name("ann".to_owned()).unwrap();
    visitor.set_cart(vec![1]).unwrap();
    visitor.set_notice("Saved.".to_owned()).unwrap();
    visitor.set_token("t".to_owned()).unwrap();
    visitor.set_dark(true).unwrap();
    visitor.checkout_mut().set_address("Bern".to_owned()).unwrap();
    visitor.checkout_mut().set_hint("Hurry.".to_owned()).unwrap();
    visitor.checkout_mut().payment_mut().set_card(4).unwrap();
    let mut other = visitor.typed_mut::<Other>();
    other.set_visits(1).unwrap();
    other.set_language("de".to_owned()).unwrap();
}

async fn filled_browser(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    fill(&mut session.typed_mut());
    session.insert("raw", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

async fn unset_all_removes_the_fields_of_its_schema_and_of_nested_ones(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = filled_browser(&app).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Visitor>().unset_all().await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    assert_eq!(json!(session.entries().await.unwrap()), json!({ "other.visits": 1, "raw": 1 }));
    assert_eq!(json!(session.client().entries()), json!({ "other.language": "de" }));
}

async fn unset_all_costs_one_commit_and_no_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = filled_browser(&app).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    session.typed_mut::<Visitor>().unset_all().await.unwrap();
    assert_eq!(app.spy.take_operations(), "", "no I/O before the commit");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit");

    let mut session = app.open(&browser);
    assert_eq!(session.typed::<Visitor>().user_id().await.unwrap(), None);
    session.typed_mut::<Visitor>().unset_all().await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "all keys were absent");
}

async fn unset_all_removes_values_under_an_alias(kind: Kind) {
    let app = App::new(kind).await;
    for alias in ["old_name", "older_name"] {
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        session.insert(alias, "ann").await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();

        let mut session = app.open(&browser);
        session.typed_mut::<Visitor>().unset_all().await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert!(app.open(&browser).is_empty().await.unwrap(), "{alias}");
    }
}

fn cancel(checkout: &mut Typed<Checkout>) -> impl Future<Output = Result<(), session::Error>> {
    checkout.unset_all()
}

async fn unset_all_of_a_nested_schema_keeps_the_outer_fields(kind: Kind) {
    let app = App::new(kind).await;
    let browser = filled_browser(&app).await;
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    cancel(&mut visitor.checkout_mut()).await.unwrap();
    assert_eq!(visitor.checkout().address().await.unwrap(), None);
    assert_eq!(visitor.checkout().peek_hint().unwrap(), None);
    assert_eq!(visitor.checkout().payment().card().await.unwrap(), None);
    assert_eq!(visitor.user_id().await.unwrap(), Some(7));
    assert!(visitor.dark().unwrap());
}

async fn unset_all_removes_the_server_fields_of_a_session_opened_by_its_id(kind: Kind) {
    let app = App::new(kind).await;
    let browser = filled_browser(&app).await;
    let id = app.open(&browser).id().unwrap();
    let mut job = app.manager.by_id(id);
    job.typed_mut::<Visitor>().unset_all().await.unwrap();
    job.sync().await.unwrap();

    let session = app.open(&browser);
    let visitor = session.typed::<Visitor>();
    assert_eq!((visitor.user_id().await.unwrap(), visitor.dark().unwrap()), (None, true));
}

async fn unset_all_after_the_response_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(visitor.unset_all().await.unwrap_err().kind(), ErrorKind::Finalized);
}

#[tokio::test]
async fn the_handle_of_a_nested_schema_can_be_stored_as_typed() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut visitor = session.typed_mut::<Visitor>();
    let mut checkout: Typed<Checkout> = visitor.checkout_mut().into();
    checkout.set_address("Bern".to_owned()).unwrap();
    assert_eq!(format!("{:?}", visitor.checkout_mut()), format!("{checkout:?}"));
    assert_eq!(visitor.checkout().address().await.unwrap().as_deref(), Some("Bern"));
}

/// Random values belong into `update_`: a default is computed by each read.
#[tokio::test]
async fn a_default_is_computed_by_each_read_and_an_update_stores_one_value() {
    use std::sync::atomic::{AtomicU64, Ordering};

    static NEXT: AtomicU64 = AtomicU64::new(0);

    fn next() -> u64 {
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    #[derive(SessionSchema)]
    struct Form {
        #[session(default = next())]
        computed: u64,
        stored: u64,
    }

    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut form = session.typed_mut::<Form>();
    assert_ne!(form.computed().await.unwrap(), form.computed().await.unwrap());
    let first = form.update_stored(|value| *value.get_or_insert_with(next)).await.unwrap();
    let second = form.update_stored(|value| *value.get_or_insert_with(next)).await.unwrap();
    assert_eq!(first, second);
}
