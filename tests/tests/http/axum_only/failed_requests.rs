//! Tests of the rule for failed requests with timeout layers, gRPC services, and an error type of the application.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use ::tower::{BoxError, ServiceBuilder, ServiceExt, service_fn};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use session::tower;
use session_tests::Browser;
use tonic::{Code, Status};
use tower_http::timeout::TimeoutLayer;

use super::*;

/// The handlers of these tests never respond, so the limit is always exceeded.
const LIMIT: Duration = Duration::from_millis(20);

fn request(browser: &Browser, path: &str) -> Request {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    *request.headers_mut() = browser.request();
    request
}

/// Handlers that change the session, and then never respond.
fn hanging_routes() -> Router {
    async fn writes(mut session: Session) {
        session.cycle_id();
        session.insert("a", 2).await.unwrap();
        pending::<()>().await;
    }
    async fn invalidates(mut session: Session) {
        session.invalidate();
        pending::<()>().await;
    }
    Router::new().route("/writes", get(writes)).route("/invalidates", get(invalidates))
}

fn timeout(status: StatusCode) -> TimeoutLayer {
    TimeoutLayer::with_status_code(status, LIMIT)
}

async fn assert_changes_nothing(app: &App, alice: &Browser, routes: Router, status: StatusCode) {
    let response = routes.oneshot(request(alice, "/writes")).await.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(response.headers().get(header::SET_COOKIE), None);
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(app.stored(alice, "a").await, Some(1));
    app.spy.take_operations();
}

#[tokio::test]
async fn a_handler_that_times_out_commits_nothing_in_any_order_of_layers() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    app.spy.take_operations();
    for status in [StatusCode::REQUEST_TIMEOUT, StatusCode::GATEWAY_TIMEOUT] {
        let inside = hanging_routes().layer(timeout(status)).layer(layer(&app));
        let outside = hanging_routes().layer(layer(&app)).layer(timeout(status));
        for routes in [inside, outside] {
            assert_changes_nothing(&app, &alice, routes, status).await;
        }
    }
}

#[tokio::test]
async fn a_handler_that_times_out_after_invalidate_deletes_the_session() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    app.spy.take_operations();
    let routes = hanging_routes().layer(timeout(StatusCode::REQUEST_TIMEOUT)).layer(layer(&app));
    let response = routes.oneshot(request(&alice, "/invalidates")).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(app.spy.take_operations(), "delete");
    assert_eq!(app.stored(&alice, "a").await, None);
}

#[tokio::test]
async fn a_service_that_times_out_with_an_error_commits_nothing() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    app.spy.take_operations();
    let inside = ServiceBuilder::new().layer(layer(&app)).timeout(LIMIT).service(hanging_routes());
    let outside = ServiceBuilder::new().timeout(LIMIT).layer(layer(&app)).service(hanging_routes());
    let error: BoxError = inside.oneshot(request(&alice, "/writes")).await.unwrap_err();
    assert!(error.is::<::tower::timeout::error::Elapsed>());
    assert!(outside.oneshot(request(&alice, "/writes")).await.is_err());
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(app.stored(&alice, "a").await, Some(1));
}

/// A gRPC method that writes and then fails, as tonic responds to it.
async fn call_that_fails(app: &App, alice: &Browser, code: Code) {
    let method = service_fn(|request: Request| async move {
        let mut session = tower::session(request.extensions()).unwrap();
        session.insert("a", 2).await.unwrap();
        Ok::<_, Infallible>(Status::new(code, "the call failed").into_http::<tonic::body::Body>())
    });
    let service = ServiceBuilder::new().layer(tower::SessionLayer::new(app.manager.clone())).service(method);
    let response = service.oneshot(request(alice, "/package.Service/Method")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["grpc-status"], (code as i32).to_string());
}

#[tokio::test]
async fn a_grpc_call_that_fails_commits_nothing() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    app.spy.take_operations();
    let failures = [
        Code::Cancelled,
        Code::Unknown,
        Code::DeadlineExceeded,
        Code::Unimplemented,
        Code::Internal,
        Code::Unavailable,
        Code::DataLoss,
    ];
    for code in failures {
        call_that_fails(&app, &alice, code).await;
        assert_eq!(app.spy.take_operations(), "", "{code:?}");
    }
}

#[tokio::test]
async fn a_grpc_call_that_the_client_caused_to_fail_commits() {
    for code in [Code::InvalidArgument, Code::NotFound, Code::PermissionDenied, Code::Unauthenticated, Code::Aborted] {
        let app = App::new(Kind::Memory).await;
        let alice = app.browser_with(&[("a", 1)]).await;
        call_that_fails(&app, &alice, code).await;
        assert_eq!(app.stored(&alice, "a").await, Some(2), "{code:?}");
    }
}

/// The error type of an application. Its response is a new one, or the one of the session error.
enum AppError {
    NewResponse,
    SessionResponse(Error),
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::NewResponse => StatusCode::CONFLICT.into_response(),
            Self::SessionResponse(error) => {
                let mut response = error.into_response();
                *response.body_mut() = Body::from("an error page");
                response
            }
        }
    }
}

#[tokio::test]
async fn an_error_type_that_uses_the_response_of_a_session_error_commits_nothing() {
    type Convert = fn(Error) -> AppError;
    let cases: [(Convert, _); 2] = [(|_| AppError::NewResponse, Some(2)), (AppError::SessionResponse, None)];
    for (convert, expected) in cases {
        let app = App::new(Kind::Memory).await;
        let alice = app.browser_with(&[("a", 1)]).await;
        let misreads = async move |mut session: Session| {
            session.insert("b", 2).await.map_err(convert)?;
            session.get::<String>("a").await.map(drop).map_err(convert)
        };
        let routes = Router::new().route("/", get(misreads)).layer(layer(&app));
        routes.oneshot(request(&alice, "/")).await.unwrap();
        assert_eq!(app.stored(&alice, "b").await, expected);
    }
}
