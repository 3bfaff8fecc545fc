//! Tests of the extractors: optional ones, and calls of the extractors' traits in the code of an application.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use session::{ErrorKind, IndexKey, ReadOnly, RequestSession, Session, SessionId, SessionSchema, Typed};
use session_tests::{App, Kind};

use super::{app, browser, layer, serve};

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id")]
    user_id: u64,
    #[session(default)]
    visits: u64,
}

/// The optional extractors of the request: `+` for `Some`, `-` for `None`.
async fn present(
    session: Option<Session>,
    typed: Option<Typed<Visitor>>,
    read_only: Option<ReadOnly<Visitor>>,
    request: Option<RequestSession>,
) -> String {
    let extractors = [session.is_some(), typed.is_some(), read_only.is_some(), request.is_some()];
    extractors.map(|is_some| if is_some { '+' } else { '-' }).iter().collect()
}

/// A component of routes with and without a layer.
async fn count(visitor: Option<Typed<Visitor>>) -> Result<String, session::Error> {
    let Some(mut visitor) = visitor else { return Ok("not counted".to_owned()) };
    let visits = visitor.update_visits(|visits| {
        *visits += 1;
        *visits
    });
    Ok(format!("visit {}", visits.await?))
}

#[tokio::test]
async fn an_optional_extractor_is_none_only_without_a_layer() {
    let app = app(Kind::Memory).await;
    let routes = || Router::new().route("/present", get(present)).route("/count", get(count));
    let server = serve(Router::new().nest("/shop", routes().layer(layer(&app))).nest("/docs", routes())).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/docs/present").await.line(), "200 ----");
    assert_eq!(server.get(&alice, "/shop/present").await.line(), "200 ++++", "a first visit has a session");
    assert_eq!(app.spy.take_operations(), "", "extractors do no I/O");
    assert_eq!(server.get(&alice, "/docs/count").await.line(), "200 not counted");
    assert_eq!(server.get(&alice, "/shop/count").await.line(), "200 visit 1");
    assert_eq!(server.get(&alice, "/shop/count").await.line(), "200 visit 2");
    assert_eq!(server.get(&alice, "/shop/present").await.line(), "200 ++++");
}

#[tokio::test]
async fn optional_and_required_extractors_share_one_session() {
    async fn shares(
        session: Option<Session>,
        mut typed: Typed<Visitor>,
        read_only: Option<ReadOnly<Visitor>>,
    ) -> Result<String, session::Error> {
        typed.set_user_id(7)?;
        session.unwrap().insert("visits", 3).await?;
        let read_only = read_only.unwrap();
        Ok(format!("{:?} {}", read_only.user_id().await?, typed.visits().await?))
    }
    let app = app(Kind::Memory).await;
    let server = serve(Router::new().route("/", get(shares)).route("/count", get(count)).layer(layer(&app))).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/").await.line(), "200 Some(7) 3");
    assert_eq!(server.get(&alice, "/count").await.line(), "200 visit 4", "the writes were committed");
}

#[tokio::test]
async fn an_error_of_an_optional_session_is_still_an_error() {
    let app = app(Kind::Memory).await;
    let server = serve(Router::new().route("/count", get(count)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/count").await;
    app.spy.fail_next("load", session_tests::Fault::Refuse);
    assert_eq!(server.get(&alice, "/count").await.line(), "503");
}

#[tokio::test]
async fn a_required_extractor_without_a_layer_is_an_error() {
    let routes = Router::new()
        .route("/session", get(async |_: Session| ()))
        .route("/typed", get(async |_: Typed<Visitor>| ()))
        .route("/read-only", get(async |_: ReadOnly<Visitor>| ()))
        .route("/request", get(async |_: RequestSession| ()));
    let server = serve(routes).await;
    for path in ["/session", "/typed", "/read-only", "/request"] {
        assert_eq!(server.get(&browser(), path).await.line(), "500", "{path}");
    }
}

/// The `Result` of an extractor: axum passes the error to the handler.
#[tokio::test]
async fn a_handler_can_take_the_error_of_an_extractor() {
    async fn kind(session: Result<Session, session::Error>, typed: Result<Typed<Visitor>, session::Error>) -> String {
        format!("{:?} {:?}", session.map_err(|e| e.kind()).err(), typed.map_err(|e| e.kind()).err())
    }
    let app = app(Kind::Memory).await;
    let server = serve(Router::new().route("/", get(kind))).await;
    assert_eq!(server.get(&browser(), "/").await.line(), "200 Some(MissingLayer) Some(MissingLayer)");
    let server = serve(Router::new().route("/", get(kind)).layer(layer(&app))).await;
    assert_eq!(server.get(&browser(), "/").await.line(), "200 None None");
}

/// Ordinary code of applications with both traits in scope: it must compile, and see the session of the request.
mod with_both_traits_in_scope {
    use axum::RequestPartsExt;
    #[allow(clippy::wildcard_imports, reason = "applications import all extractors")]
    use axum::extract::*;
    use axum::http::request::Parts;

    use super::*;

    async fn is_logged_in(visitor: ReadOnly<Visitor>) -> Result<bool, session::Error> {
        Ok(visitor.user_id().await?.is_some())
    }

    #[axum::debug_handler]
    pub(super) async fn log_in(Path(user): Path<u64>, mut session: Session) -> Result<(), session::Error> {
        session.cycle_id();
        session.insert(Visitor::USER_ID, user).await
    }

    /// Calls on a type, as in the extractors of applications.
    pub(super) async fn by_type(State(state): State<u8>, request: Request) -> Result<String, session::Error> {
        let (mut parts, _) = request.into_parts();
        let parts = &mut parts;
        let session = Session::from_request_parts(parts, &state).await?;
        let mut visitor = Typed::<Visitor>::from_request_parts(parts, &state).await?;
        visitor.update_visits(|visits| *visits += 1).await?;
        let inferred: Typed<Visitor> = Typed::from_request_parts(parts, &state).await?;
        let read_only: ReadOnly<Visitor> = ReadOnly::from_request_parts(parts, &()).await?;
        let request = RequestSession::from_request_parts(parts, &state).await?;
        let optional = Option::<Session>::from_request_parts(parts, &state).await?;
        let typed = Option::<Typed<Visitor>>::from_request_parts(parts, &state).await?;
        let sessions =
            [&session, &*inferred, &*read_only, &request.session(), optional.as_ref().unwrap(), &*typed.unwrap()];
        let mut visits = Vec::new();
        for session in sessions {
            visits.push(session.get::<u64>("visits").await?.unwrap_or_default().to_string());
        }
        Ok(visits.join(" "))
    }

    /// `RequestPartsExt`, with the type in the call and inferred from the variable, the pattern or a function.
    pub(super) async fn by_extract(State(state): State<u8>, request: Request) -> Result<String, session::Error> {
        let (mut parts, _) = request.into_parts();
        let visitor = parts.extract::<Typed<Visitor>>().await?;
        let read_only: ReadOnly<Visitor> = parts.extract().await?;
        let optional = parts.extract::<Option<Typed<Visitor>>>().await?;
        let option: Option<Session> = parts.extract_with_state(&state).await?;
        let result = parts.extract::<Result<Session, session::Error>>().await.unwrap();
        let is_logged_in = is_logged_in(parts.extract().await?).await?;
        let users = [visitor.user_id().await?, read_only.user_id().await?, optional.unwrap().user_id().await?];
        let raw = [option.unwrap().get("user.id").await?, result?.get("user.id").await?];
        assert!(users == [users[0]; 3] && raw == [users[0]; 2] && is_logged_in == users[0].is_some());
        Ok(format!("{:?}", users[0]))
    }

    /// Generic code of an application, and the function as a value.
    pub(super) async fn by_generic(request: Request) -> Result<String, session::Error> {
        async fn extract<E: FromRequestParts<()>>(parts: &mut Parts) -> Result<E, E::Rejection> {
            E::from_request_parts(parts, &()).await
        }
        async fn find<E: OptionalFromRequestParts<()>>(parts: &mut Parts) -> Result<Option<E>, E::Rejection> {
            E::from_request_parts(parts, &()).await
        }
        async fn require<E>(parts: &mut Parts) -> Result<E, <E as FromRequestParts<()>>::Rejection>
        where
            E: FromRequestParts<()> + OptionalFromRequestParts<()>,
        {
            <E as FromRequestParts<()>>::from_request_parts(parts, &()).await
        }
        let (mut parts, _) = request.into_parts();
        let first: Typed<Visitor> = extract(&mut parts).await?;
        let second: Option<Typed<Visitor>> = find(&mut parts).await?;
        let third: Option<Typed<Visitor>> = extract(&mut parts).await?;
        let fourth = require::<Typed<Visitor>>(&mut parts).await?;
        let as_value = Session::from_request_parts;
        let session = as_value(&mut parts, &()).await?;
        let typed = [&first, &second.unwrap(), &third.unwrap(), &fourth];
        let user = session.get::<u64>("user.id").await?;
        for visitor in typed {
            assert_eq!(visitor.user_id().await?, user);
        }
        Ok(format!("{user:?}"))
    }

    #[derive(FromRequestParts)]
    pub(super) struct Context {
        session: Session,
        visitor: Typed<Visitor>,
        reader: ReadOnly<Visitor>,
        optional: Option<Typed<Visitor>>,
        optional_session: Option<Session>,
    }

    #[derive(FromRequest)]
    pub(super) struct Submission {
        visitor: Typed<Visitor>,
        optional: Option<ReadOnly<Visitor>>,
        body: String,
    }

    #[axum::debug_handler]
    pub(super) async fn derived(context: Context) -> Result<String, session::Error> {
        let Context { session, visitor, reader, optional, optional_session } = context;
        let users = [visitor.user_id().await?, reader.user_id().await?, optional.unwrap().user_id().await?];
        let raw = [session.get("user.id").await?, optional_session.unwrap().get("user.id").await?];
        assert!(users == [users[0]; 3] && raw == [users[0]; 2]);
        Ok(format!("{:?}", users[0]))
    }

    #[axum::debug_handler]
    pub(super) async fn submit(submission: Submission) -> Result<String, session::Error> {
        let Submission { visitor, optional, body } = submission;
        Ok(format!("{:?} {:?} {body}", visitor.user_id().await?, optional.unwrap().user_id().await?))
    }

    /// An extractor of the application, which can be optional too.
    pub(super) struct User(pub u64);

    impl<S: Send + Sync> FromRequestParts<S> for User {
        type Rejection = Response;

        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
            let visitor = Typed::<Visitor>::from_request_parts(parts, state).await;
            let user = visitor.map_err(IntoResponse::into_response)?.user_id().await;
            let user = user.map_err(IntoResponse::into_response)?;
            user.map(Self).ok_or_else(|| Redirect::to("/login").into_response())
        }
    }

    impl<S: Send + Sync> OptionalFromRequestParts<S> for User {
        type Rejection = session::Error;

        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, session::Error> {
            let session = Session::from_request_parts(parts, state).await?;
            Ok(session.get("user.id").await?.map(Self))
        }
    }

    #[axum::debug_handler]
    pub(super) async fn page(user: User) -> String {
        format!("user {}", user.0)
    }

    #[axum::debug_handler]
    pub(super) async fn home(user: Option<User>) -> String {
        user.map_or_else(|| "stranger".to_owned(), |user| format!("user {}", user.0))
    }
}

/// The same calls with only one of the traits in scope.
mod with_one_trait_in_scope {
    use axum::extract::FromRequestParts;

    use super::*;

    pub(super) async fn by_type(request: Request) -> Result<String, session::Error> {
        let (mut parts, _) = request.into_parts();
        // Uses the trait, so that its import is not reported as unused.
        let optional = <Option<Session> as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await?;
        let visitor = Typed::<Visitor>::from_request_parts(&mut parts, &()).await?;
        let user = optional.unwrap().get::<u64>("user.id").await?;
        assert_eq!(visitor.user_id().await?, user);
        Ok(format!("{user:?}"))
    }
}

#[tokio::test]
async fn ordinary_code_compiles_with_both_traits_in_scope() {
    use self::with_both_traits_in_scope as both;

    let app = app(Kind::Memory).await;
    let routes = Router::new()
        .route("/log-in/{user}", get(both::log_in))
        .route("/type", get(both::by_type))
        .route("/extract", get(both::by_extract))
        .route("/generic", get(both::by_generic))
        .route("/derived", get(both::derived))
        .route("/submit", post(both::submit))
        .route("/page", get(both::page))
        .route("/home", get(both::home))
        .route("/one-trait", get(with_one_trait_in_scope::by_type));
    let server = serve(routes.with_state(0).layer(layer(&app))).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/home").await.line(), "200 stranger");
    assert_eq!(server.get(&alice, "/log-in/7").await.line(), "200");
    assert_eq!(server.get(&alice, "/type").await.line(), "200 1 1 1 1 1 1");
    for path in ["/extract", "/generic", "/derived", "/one-trait"] {
        assert_eq!(server.get(&alice, path).await.line(), "200 Some(7)", "{path}");
    }
    for path in ["/page", "/home"] {
        assert_eq!(server.get(&alice, path).await.line(), "200 user 7", "{path}");
    }
    let response = alice.post(server.url("/submit")).body("text").send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "Some(7) Some(7) text");
}

#[tokio::test]
async fn middleware_can_have_an_optional_session() {
    async fn counts(visitor: Option<Typed<Visitor>>, request: Request, next: Next) -> Result<Response, session::Error> {
        count(visitor).await?;
        Ok(next.run(request).await)
    }
    let app = app(Kind::Memory).await;
    let routes = || Router::new().route("/count", get(count)).layer(from_fn(counts));
    let server = serve(Router::new().nest("/shop", routes().layer(layer(&app))).nest("/docs", routes())).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/shop/count").await.line(), "200 visit 2");
    assert_eq!(server.get(&alice, "/docs/count").await.line(), "200 not counted");
}

const USER: IndexKey<u64> = IndexKey::declare("user.id");

#[tokio::test]
async fn a_session_id_in_a_path_is_parsed() {
    let app = App::with(Kind::Memory, |config| config.index(USER)).await;
    let browser_of_7 = app.browser_with(&[("user.id", 7)]).await;
    let id = app.open(&browser_of_7).id().unwrap();
    let manager = app.manager.clone();
    let revoke = async move |Path(device): Path<SessionId>| {
        manager.revoke(USER, &7, device).await.map(|deleted| deleted.to_string())
    };
    let server = serve(Router::new().route("/log-out/{device}", get(revoke))).await;
    let alice = browser();
    let response = server.get(&alice, "/log-out/hunter2").await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert!(response.body.contains("a session id has 32 hexadecimal digits"), "{response:?}");
    assert_eq!(server.get(&alice, &format!("/log-out/{id}")).await.line(), "200 true");
    assert_eq!(server.get(&alice, &format!("/log-out/{id}")).await.line(), "200 false");
    assert_eq!(app.stored(&browser_of_7, "user.id").await, None);
}

#[tokio::test]
async fn an_optional_extractor_never_rejects_a_request() {
    use axum::RequestPartsExt;

    let (mut parts, ()) = http::Request::new(()).into_parts();
    assert!(parts.extract::<Option<Session>>().await.unwrap().is_none());
    assert!(parts.extract::<Option<Typed<Visitor>>>().await.unwrap().is_none());
    assert!(parts.extract::<Option<ReadOnly<Visitor>>>().await.unwrap().is_none());
    assert!(parts.extract::<Option<RequestSession>>().await.unwrap().is_none());
    let error = Session::from_request_parts(&mut parts, &()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingLayer);
}

#[derive(SessionSchema)]
#[session(prefix = "admin.")]
struct Admin {
    user: u64,
}

#[tokio::test]
async fn a_handler_under_the_layer_of_another_area_is_refused() {
    let app = App::with(Kind::Memory, |config| config.schema::<Admin>().refuse_other_schemas()).await;
    let routes = Router::new()
        .route("/admin", get(async |admin: Typed<Admin>| format!("{:?}", admin.user().await.unwrap())))
        .route("/raw", get(async |session: Session| format!("{:?}", session.id())))
        .route("/typed", get(async |_: Typed<Visitor>| {}))
        .route("/read-only", get(async |_: ReadOnly<Visitor>| {}))
        .route("/optional", get(async |_: Option<Typed<Visitor>>| {}))
        .route("/optional-read-only", get(async |_: Option<ReadOnly<Visitor>>| {}));
    let server = serve(routes.layer(layer(&app))).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/admin").await.line(), "200 None");
    assert_eq!(server.get(&alice, "/raw").await.line(), "200 None");
    for path in ["/typed", "/read-only", "/optional", "/optional-read-only"] {
        assert_eq!(server.get(&alice, path).await.line(), "500", "{path}");
    }
    let mut request = Request::new(axum::body::Body::empty());
    request.extensions_mut().insert(app.manager.begin(&HeaderMap::new()));
    let error = Typed::<Visitor>::from_request_parts(&mut request.into_parts().0, &()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    for part in ["Visitor", "session layer", "SessionConfig::schema"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[derive(SessionSchema)]
struct Customer {
    #[session(nested)]
    login: Login,
}

#[derive(SessionSchema)]
struct Login {
    #[session(index)]
    customer_id: u64,
}

#[tokio::test]
async fn a_missing_index_is_an_error_at_the_first_use_of_its_schema() {
    for (configured, status) in [("neither", "500"), ("schema", "200"), ("index", "200")] {
        let app = App::with(Kind::Memory, |config| match configured {
            "schema" => config.schema::<Customer>(),
            "index" => config.index(Login::CUSTOMER_ID),
            _ => config,
        })
        .await;
        let routes = Router::new()
            .route("/typed", get(async |_: Typed<Customer>| {}))
            .route("/read-only", get(async |_: ReadOnly<Customer>| {}))
            .route("/nested", get(async |_: Typed<Login>| {}))
            .route("/optional", get(async |_: Option<Typed<Customer>>| {}));
        let server = serve(routes.layer(layer(&app))).await;
        for path in ["/typed", "/read-only", "/nested", "/optional"] {
            assert_eq!(server.get(&browser(), path).await.line().trim(), status, "{configured}: {path}");
        }
    }
}
