//! Tests of errors: of handlers, and of middleware inside, which returns them instead of a response.

use std::fmt;

use actix_web::ResponseError;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::error::{ErrorInternalServerError, ErrorUnauthorized};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use session::actix::{Failure, SessionExt, is_failure};
use session_tests::Fault;

use super::*;

/// Changes the session, and then returns an error instead of a response.
async fn refuse(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut session = request.session()?;
    match request.path() {
        "/deletes" => {
            session.invalidate();
            Err(ErrorInternalServerError("try again"))
        }
        "/unauthorized" => {
            session.insert("attempts", 1).await?;
            Err(ErrorUnauthorized("please log in"))
        }
        "/fails" => {
            session.insert("attempts", 9).await?;
            Err(ErrorInternalServerError("a bug"))
        }
        "/misreads" => {
            session.insert("attempts", 9).await?;
            session.get::<String>("a").await?;
            unreachable!("the value is a number")
        }
        "/unused" => Err(ErrorUnauthorized("nothing to commit")),
        _ => next.call(request).await,
    }
}

#[actix_web::test]
async fn the_error_of_inner_middleware_keeps_its_deletion_and_its_cookies() {
    let app = test_app().await;
    let service = init_service(App::new().configure(routes).wrap(from_fn(refuse)).wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    alice.get(&service, "/write/a/1").await;
    let thief = alice.clone();
    let reply = alice.get(&service, "/deletes").await;
    assert_eq!((reply.line.as_str(), reply.cookies()), ("500 try again", vec!["-id".to_owned()]));
    assert_eq!(reply.headers.get("cache-control").unwrap(), "no-store");
    assert_eq!(thief.clone().get(&service, "/read/a").await.line, "200 None");
}

#[actix_web::test]
async fn the_error_of_inner_middleware_commits_by_its_status() {
    let app = test_app().await;
    let service = init_service(App::new().configure(routes).wrap(from_fn(refuse)).wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    let reply = alice.get(&service, "/unauthorized").await;
    assert_eq!((reply.line.as_str(), reply.cookies()), ("401 please log in", vec!["id".to_owned()]));
    assert_eq!(alice.get(&service, "/read/attempts").await.line, "200 Some(1)");
    assert_eq!(alice.get(&service, "/fails").await.line, "500 a bug");
    assert_eq!(alice.get(&service, "/read/attempts").await.line, "200 Some(1)");
    let unused = Browser::default().get(&service, "/unused").await;
    assert_eq!((unused.line.as_str(), unused.cookies()), ("401 nothing to commit", vec![]));
}

#[actix_web::test]
async fn a_session_error_of_inner_middleware_gets_the_custom_response() {
    let app = test_app().await;
    let respond = |failure: Failure| HttpResponse::ImATeapot().body(format!("{:?}", failure.error().kind()));
    let service =
        init_service(App::new().configure(routes).wrap(from_fn(refuse)).wrap(middleware(&app).on_error(respond))).await;
    let mut alice = Browser::default();
    alice.get(&service, "/write/a/1").await;
    assert_eq!(alice.get(&service, "/misreads").await.line, "418 Value");
    assert_eq!(alice.get(&service, "/read/attempts").await.line, "200 None", "pending changes are discarded");
}

#[actix_web::test]
async fn an_error_that_has_nothing_to_do_with_the_session_passes_unchanged() {
    let app = test_app().await;
    let fails = from_fn(async |_: ServiceRequest, _: Next<BoxBody>| -> Result<ServiceResponse, Error> {
        Err(AppError::NotFound.into())
    });
    let service = init_service(App::new().configure(routes).wrap(fails).wrap(middleware(&app))).await;
    let error = service.call(TestRequest::default().to_request()).await.unwrap_err();
    assert!(error.as_error::<AppError>().is_some(), "middleware outside can recognize its own error");
}

#[derive(Debug)]
enum AppError {
    Session(session::Error),
    NotFound,
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request failed")
    }
}

impl From<session::Error> for AppError {
    fn from(error: session::Error) -> Self {
        Self::Session(error)
    }
}

impl ResponseError for AppError {
    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Session(error) => error.error_response().set_body(BoxBody::new("please try again")),
            Self::NotFound => HttpResponse::NotFound().finish(),
        }
    }
}

#[actix_web::test]
async fn an_error_type_that_keeps_the_response_of_the_session_error_is_recognized() {
    let handler = async |mut session: Session| {
        session.insert("pending", 1).await?;
        session.get::<String>("a").await?;
        Ok::<_, AppError>("")
    };
    let in_middleware = async |request: ServiceRequest, next: Next<BoxBody>| {
        if request.path() == "/middleware" {
            request.session().unwrap().get::<String>("a").await.map_err(AppError::Session)?;
        }
        next.call(request).await
    };
    let app = test_app().await;
    let build = |sessions| {
        App::new()
            .configure(routes)
            .route("/handler", web::get().to(handler))
            .wrap(from_fn(in_middleware))
            .wrap(sessions)
    };
    let service = init_service(build(middleware(&app))).await;
    let custom = init_service(build(middleware(&app).on_error(|_| HttpResponse::ImATeapot()))).await;
    let mut alice = Browser::default();
    alice.get(&service, "/write/a/1").await;
    for path in ["/handler", "/middleware"] {
        assert_eq!(alice.get(&service, path).await.line, "500 please try again");
        assert_eq!(alice.get(&custom, path).await.line, "418", "{path}");
    }
    assert_eq!(alice.get(&service, "/read/pending").await.line, "200 None");
}

#[actix_web::test]
async fn a_session_error_of_a_request_without_session_gets_the_custom_response() {
    let app = test_app().await;
    let manager = app.manager.clone();
    let sweeps = move || {
        let manager = manager.clone();
        async move { manager.delete_expired(1).await.map(|deleted| deleted.to_string()) }
    };
    let sessions = middleware(&app).on_error(|failure| HttpResponse::BadGateway().body(failure.error().to_string()));
    let service = init_service(App::new().route("/", web::get().to(sweeps)).wrap(sessions)).await;
    app.spy.fail_next("delete_expired", Fault::Refuse);
    assert_eq!(Browser::default().get(&service, "/").await.line, "502 failed to delete expired sessions");
    assert_eq!(Browser::default().get(&service, "/").await.line, "200 0");
}

#[actix_web::test]
async fn the_default_response_keeps_the_changes_of_middleware_inside() {
    let app = test_app().await;
    let misreads = async |session: Session| session.get::<String>("a").await.map(Option::unwrap_or_default);
    let build = App::new().configure(routes).route("/misread", web::get().to(misreads));
    let service = init_service(build.wrap(DefaultHeaders::new().add(("x-inside", "1"))).wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    alice.get(&service, "/write/a/1").await;
    let reply = alice.get(&service, "/misread").await;
    assert_eq!((reply.line.as_str(), reply.headers.get("x-inside")), ("500", Some(&HeaderValue::from_static("1"))));
}

#[actix_web::test]
async fn a_failed_commit_can_keep_a_marked_response() {
    struct OptionalCommit;
    let handler = async |mut session: Session, marks: web::Path<bool>| {
        session.insert("a", 1).await?;
        let mut page = HttpResponse::Created().body("saved");
        if marks.into_inner() {
            page.extensions_mut().insert(OptionalCommit);
        }
        Ok::<_, session::Error>(page)
    };
    let app = test_app().await;
    let keep = |failure: Failure| {
        assert_eq!(failure.unsaved_response().map(HttpResponse::status), Some(StatusCode::CREATED));
        let kept = failure.keep_response_if(|page| page.extensions().contains::<OptionalCommit>());
        kept.unwrap_or_else(Failure::default_response)
    };
    let service =
        init_service(App::new().route("/{marks}", web::get().to(handler)).wrap(middleware(&app).on_error(keep))).await;
    for (path, expected) in [("/true", "201 saved"), ("/false", "503")] {
        app.spy.fail_next("create", Fault::Refuse);
        let reply = Browser::default().get(&service, path).await;
        assert_eq!((reply.line.as_str(), reply.cookies()), (expected, vec![]));
    }
}

#[actix_web::test]
async fn a_custom_rule_sees_the_status_and_the_headers() {
    let handler = async |mut session: Session, status: web::Path<u16>| {
        session.insert("status", *status).await?;
        let status = StatusCode::from_u16(*status).unwrap();
        Ok::<_, session::Error>(HttpResponse::build(status).insert_header(("x-failed", "no")).finish())
    };
    let app = test_app().await;
    let rule = |status: StatusCode, headers: &HeaderMap| {
        assert!(headers.contains_key("x-failed") || status == 200);
        is_failure(status, headers) || status == StatusCode::IM_A_TEAPOT
    };
    let routes = App::new().configure(routes).route("/{status}", web::get().to(handler));
    let service = init_service(routes.wrap(middleware(&app).fails_if(rule))).await;
    for (status, is_stored) in [(204, true), (408, false), (418, false), (422, true), (503, false)] {
        let mut alice = Browser::default();
        alice.get(&service, &format!("/{status}")).await;
        let expected = if is_stored { format!("200 Some({status})") } else { "200 None".to_owned() };
        assert_eq!(alice.get(&service, "/read/status").await.line, expected, "{status}");
    }
}

#[actix_web::test]
async fn a_verified_request_needs_the_store_before_its_handler_runs() {
    let app = test_app().await;
    let respond = |failure: Failure| {
        assert!(failure.unsaved_response().is_none(), "the handler did not run");
        failure.default_response()
    };
    let service = init_service(App::new().configure(routes).wrap(middleware(&app).verified().on_error(respond))).await;
    let mut alice = Browser::default();
    assert_eq!(alice.get(&service, "/").await.line, "200 hello");
    assert_eq!(app.spy.take_operations(), "", "there is no session cookie");
    alice.get(&service, "/write/a/1").await;
    app.spy.take_operations();
    assert_eq!(alice.get(&service, "/read/a").await.line, "200 Some(1)");
    assert_eq!(app.spy.take_operations(), "load");
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(alice.get(&service, "/").await.line, "503");
}
