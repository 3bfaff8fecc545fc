//! Tests of the extractors, and of `SessionExt` in middleware, guards and handlers.

use actix_web::dev::ServiceRequest;
use actix_web::guard::{GuardContext, fn_guard};
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use session::actix::SessionExt;
use session::{ErrorKind, ReadOnly, RequestSession, SessionSchema, Typed};

use super::*;

#[derive(SessionSchema)]
struct Visitor {
    a: u64,
    #[session(client, default)]
    is_admin: bool,
}

#[actix_web::test]
async fn all_extractors_of_a_request_share_one_session() {
    let handler = async |mut one: Session,
                         two: Typed<Visitor>,
                         three: ReadOnly<Visitor>,
                         four: RequestSession,
                         five: HttpRequest| {
        one.insert("a", 1).await?;
        let five: Option<u64> = five.session()?.get("a").await?;
        Ok::<_, session::Error>(format!(
            "{:?}",
            [two.a().await?, three.a().await?, four.session().get("a").await?, five]
        ))
    };
    let app = test_app().await;
    let service = init_service(App::new().route("/", web::get().to(handler)).wrap(middleware(&app))).await;
    let reply = Browser::default().get(&service, "/").await;
    assert_eq!(
        (reply.line.as_str(), reply.cookies()),
        ("200 [Some(1), Some(1), Some(1), Some(1)]", vec!["id".to_owned()])
    );
    assert_eq!(app.spy.take_operations(), "create");
}

#[actix_web::test]
async fn an_optional_extractor_is_none_without_middleware() {
    type Optional = (Option<Session>, Option<Typed<Visitor>>, Option<ReadOnly<Visitor>>, Option<RequestSession>);
    async fn handler((one, two, three, four): Optional) -> String {
        format!("{:?}", [one.is_some(), two.is_some(), three.is_some(), four.is_some()])
    }
    let app = test_app().await;
    let scope = web::scope("/with").route("", web::get().to(handler)).wrap(middleware(&app));
    let service = init_service(App::new().service(scope).route("/without", web::get().to(handler))).await;
    assert_eq!(Browser::default().get(&service, "/with").await.line, "200 [true, true, true, true]");
    assert_eq!(Browser::default().get(&service, "/without").await.line, "200 [false, false, false, false]");
}

#[actix_web::test]
async fn the_error_of_missing_middleware_names_the_fix() {
    let request = TestRequest::default().to_http_request();
    let error = Session::extract(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingLayer);
    for word in [".wrap(SessionMiddleware::new(manager))", "outermost"] {
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
    let service = init_service(App::new().configure(routes)).await;
    assert_eq!(Browser::default().get(&service, "/read/a").await.line, "500", "no details");
}

#[actix_web::test]
async fn a_session_opens_while_the_extensions_are_borrowed() {
    async fn reads(request: HttpRequest) -> Result<String, session::Error> {
        let session = {
            let _extensions = request.extensions();
            request.session()?
        };
        Ok(format!("{:?}", session.get::<u64>("a").await?))
    }
    async fn writes(request: HttpRequest) -> Result<&'static str, session::Error> {
        let mut session = {
            let _extensions = request.extensions_mut();
            request.session()?
        };
        session.insert("a", 1).await?;
        Ok("")
    }
    let app = test_app().await;
    let routes =
        App::new().configure(routes).route("/reads", web::get().to(reads)).route("/writes", web::get().to(writes));
    let service = init_service(routes.wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    assert_eq!(alice.get(&service, "/reads").await.line, "200 None", "also the first request of a worker");
    assert_eq!(alice.get(&service, "/writes").await.line, "200");
    assert_eq!(alice.get(&service, "/reads").await.line, "200 Some(1)");
}

#[actix_web::test]
async fn a_resource_opens_its_session_while_the_extensions_are_borrowed() {
    let reads = async |request: HttpRequest| {
        let session = {
            let _extensions = request.extensions();
            request.session()?
        };
        Ok::<_, session::Error>(format!("{:?}", session.get::<u64>("a").await?))
    };
    let app = test_app().await;
    let service = init_service(App::new().service(web::resource("/").to(reads).wrap(middleware(&app)))).await;
    assert_eq!(Browser::default().get(&service, "/").await.line, "200 None");
}

/// Writes before the handler runs, and reads afterwards, both from the types that middleware has.
async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    request.session()?.insert("outside", 1).await?;
    let mut response = next.call(request).await?;
    let inside: Option<u64> = response.session()?.get("inside").await?;
    let header = ("inside".parse().unwrap(), format!("{inside:?}").parse().unwrap());
    response.headers_mut().insert(header.0, header.1);
    Ok(response)
}

#[actix_web::test]
async fn middleware_reads_and_writes_before_and_after_the_handler() {
    let handler = async |mut session: Session| {
        session.insert("inside", 2).await?;
        Ok::<_, session::Error>(format!("{:?}", session.get::<u64>("outside").await?))
    };
    let app = test_app().await;
    let service =
        init_service(App::new().route("/", web::get().to(handler)).wrap(from_fn(around)).wrap(middleware(&app))).await;
    for _ in 0..2 {
        let reply = Browser::default().get(&service, "/").await;
        assert_eq!((reply.line.as_str(), reply.cookies()), ("200 Some(1)", vec!["id".to_owned()]));
        assert_eq!(reply.headers.get("inside").unwrap(), "Some(2)");
        assert_eq!(app.spy.take_operations(), "create");
    }
}

#[actix_web::test]
async fn a_guard_reads_client_state_during_the_routing() {
    fn is_admin(context: &GuardContext<'_>) -> bool {
        context.session().is_ok_and(|session| session.typed::<Visitor>().is_admin().unwrap_or_default())
    }
    let promote = async |mut visitor: Typed<Visitor>| visitor.set_is_admin(true).map(|()| "");
    let app = test_app().await;
    let admin = web::scope("/page").guard(fn_guard(is_admin)).route("", web::get().to(async || "admin"));
    let routes = App::new().service(admin).route("/page", web::get().to(async || "all"));
    let routes = routes.route("/promote", web::get().to(promote));
    let service = init_service(routes.wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    for expected in ["200 all", "200 admin", "200 admin"] {
        assert_eq!(alice.get(&service, "/page").await.line, expected);
        alice.get(&service, "/promote").await;
    }
    assert_eq!(Browser::default().get(&service, "/page").await.line, "200 all");
}

#[actix_web::test]
async fn a_guard_without_middleware_gets_an_error() {
    let has_session = fn_guard(|context| context.session().is_ok());
    let route = web::get().guard(has_session).to(async || "with");
    let service = init_service(App::new().route("/", route)).await;
    assert_eq!(Browser::default().get(&service, "/").await.line, "404");
}

#[actix_web::test]
async fn a_handle_moves_into_spawned_tasks() {
    async fn spawns(mut session: Session) -> Result<&'static str, session::Error> {
        let mut handles = [session.handle(), session.handle()];
        let [local, other_thread] = &mut handles;
        let (mut local, mut other_thread) = (local.handle(), other_thread.handle());
        actix_web::rt::spawn(async move { local.insert("a", 1).await }).await.unwrap()?;
        tokio::spawn(async move { other_thread.insert("b", 2).await }).await.unwrap()?;
        Ok("")
    }
    let app = test_app().await;
    let service =
        init_service(App::new().configure(routes).route("/spawns", web::get().to(spawns)).wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    alice.get(&service, "/spawns").await;
    assert_eq!(alice.get(&service, "/read/a").await.line, "200 Some(1)");
    assert_eq!(alice.get(&service, "/read/b").await.line, "200 Some(2)");
}

/// Middleware spawns the rest of the request, so that a client that disconnects does not stop it.
#[actix_web::test]
async fn a_request_that_middleware_spawns_finds_its_session() {
    async fn spawns(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        actix_web::rt::spawn(next.call(request)).await.expect("the task does not panic")
    }
    let app = test_app().await;
    let service = init_service(App::new().configure(routes).wrap(from_fn(spawns)).wrap(middleware(&app))).await;
    let mut alice = Browser::default();
    for _ in 0..2 {
        assert_eq!(alice.get(&service, "/write/a/1").await.line, "200");
        assert_eq!(alice.get(&service, "/read/a").await.line, "200 Some(1)");
    }
}

/// The session of a request whose response was already finalized, as a task with a clone of the request sees it.
#[actix_web::test]
async fn a_clone_of_the_request_finds_the_session_after_the_response_while_a_handle_exists() {
    async fn after_response(request: HttpRequest, mut session: Session) -> Result<HttpResponse, session::Error> {
        session.insert("a", 1).await?;
        let late = futures_util::stream::once(async move {
            let mut late = request.session()?;
            let text = format!(
                "{:?} {:?}",
                late.get::<u64>("a").await?,
                late.insert("a", 2).await.map_err(|error| error.kind())
            );
            drop((late, session));
            let error = request.session().unwrap_err();
            Ok::<_, session::Error>(web::Bytes::from(format!("{text} {:?}", error.kind())))
        });
        Ok(HttpResponse::Ok().streaming(late))
    }
    let app = test_app().await;
    let service =
        init_service(App::new().configure(routes).route("/late", web::get().to(after_response)).wrap(middleware(&app)))
            .await;
    let mut alice = Browser::default();
    for _ in 0..3 {
        assert_eq!(alice.get(&service, "/late").await.line, "200 Some(1) Err(Finalized) Finalized");
        assert_eq!(alice.get(&service, "/read/a").await.line, "200 Some(1)");
    }
}

#[derive(SessionSchema)]
struct Admin {
    user: u64,
}

#[actix_web::test]
async fn a_handler_under_the_middleware_of_another_area_is_refused() {
    let app = session_tests::App::with(Kind::Memory, |config| config.schema::<Admin>().refuse_other_schemas()).await;
    let service = init_service(
        App::new()
            .route("/admin", web::get().to(async |admin: Typed<Admin>| format!("{:?}", admin.user().await.unwrap())))
            .route("/typed", web::get().to(async |_: Typed<Visitor>| ""))
            .route("/read-only", web::get().to(async |_: ReadOnly<Visitor>| ""))
            .wrap(middleware(&app)),
    )
    .await;
    assert_eq!(Browser::default().get(&service, "/admin").await.line, "200 None");
    for path in ["/typed", "/read-only"] {
        assert_eq!(Browser::default().get(&service, path).await.line, "500", "{path}");
    }
}
