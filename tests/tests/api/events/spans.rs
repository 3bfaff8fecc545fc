//! Tests of the spans of store operations, and of the session's id on the request's span.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use http::{HeaderMap, header};
use session::Session;
use session::axum::SessionLayer;
use session_tests::{App, Browser, Fault, Kind, outcome};
use tower::ServiceExt;
use tracing::field::{Empty, Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The spans of a test, with their fields: `name field=value`.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(Id, String)>>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut text = attributes.metadata().name().to_owned();
        attributes.record(&mut Fields(&mut text));
        self.0.lock().unwrap().push((id.clone(), text));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        let (_, text) = spans.iter_mut().rfind(|(other, _)| other == id).unwrap();
        values.record(&mut Fields(text));
    }
}

impl Spans {
    fn install() -> (Self, tracing::subscriber::DefaultGuard) {
        let spans = Self::default();
        let guard = tracing_subscriber::registry().with(spans.clone()).set_default();
        (spans, guard)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().map(|(_, text)| text).collect()
    }
}

#[tokio::test]
async fn each_store_operation_is_a_span_with_the_names_of_open_telemetry() {
    let app = App::new(Kind::Memory).await;
    let (spans, _guard) = Spans::install();
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let id = session.id().unwrap();
    session.get::<u64>("a").await.unwrap();
    session.insert("a", 2).await.unwrap();
    session.sync().await.unwrap();
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(outcome(&app.open(&browser).get::<u64>("a").await), "Store");
    app.manager.delete_expired(10).await.unwrap();
    let expected = [
        format!("session.store db.operation.name=\"create\" session.id={id}"),
        format!("session.store db.operation.name=\"load\" session.id={id}"),
        format!("session.store db.operation.name=\"commit\" session.id={id}"),
        format!("session.store db.operation.name=\"load\" session.id={id} error.type=\"error\""),
        "session.store db.operation.name=\"delete_expired\"".to_owned(),
    ];
    assert_eq!(spans.take(), expected);
}

#[tokio::test]
async fn the_span_of_a_cancelled_operation_has_an_error_type() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let (spans, _guard) = Spans::install();
    app.spy.fail_next("load", Fault::Stall);
    let session = app.open(&browser);
    assert!(app.spy.run_until_hang(session.get::<u64>("a")).await.is_none());
    assert!(spans.take()[0].ends_with("error.type=\"cancelled\""));
}

fn router(app: &App) -> Router {
    Router::new()
        .route("/unused", get(async |_: Session| {}))
        .route("/read", get(async |session: Session| assert!(session.get::<u64>("a").await.is_ok())))
        .route("/write", get(async |mut session: Session| session.insert("a", 1).await.unwrap()))
        .layer(SessionLayer::new(app.manager.clone()))
}

/// The request's span after a request to this path.
async fn request_span(app: &App, path: &str, cookies: &HeaderMap) -> String {
    let (spans, _guard) = Spans::install();
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    if let Some(cookie) = cookies.get(header::COOKIE) {
        request.headers_mut().insert(header::COOKIE, cookie.clone());
    }
    let span = info_span!("request", session.id = Empty);
    let response = router(app).oneshot(request).instrument(span).await.unwrap();
    assert!(response.status().is_success());
    spans.take().remove(0)
}

#[tokio::test]
async fn the_id_of_the_session_is_recorded_on_the_span_of_the_request() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let id = app.open(&browser).id().unwrap();
    for path in ["/read", "/write"] {
        assert_eq!(request_span(&app, path, &browser.request()).await, format!("request session.id={id}"), "{path}");
    }
    let created = request_span(&app, "/write", &HeaderMap::new()).await;
    assert_eq!(created.len(), format!("request session.id={id}").len(), "{created}");
}

#[tokio::test]
async fn the_span_of_a_request_without_a_session_has_no_id() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    assert_eq!(request_span(&app, "/unused", &browser.request()).await, "request");
    assert_eq!(request_span(&app, "/read", &Browser::default().request()).await, "request");
}
