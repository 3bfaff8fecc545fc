//! axum with `session::axum`.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use futures_util::stream;
use http::{HeaderMap, StatusCode, Uri};
use session::axum::{Failure, SessionLayer, is_failure};
use session::{Error, ReadOnly, Session, Typed};
use session_framework_cases::{Handler, Parameters, Reply, ReplyBody, Route, Visitor};
use tokio::net::TcpListener;

use super::layer::{ErrorResponse, FailedOperation, FailureRule, Layer, OPTIONAL_COMMIT, UnsavedResponse};
use super::middleware::{Middleware, Refusal};
use super::scope::Scope;
use super::server::{Framework, Server};

pub(crate) struct Axum;

impl Framework for Axum {
    const NAME: &str = "axum";

    async fn serve(scope: Scope) -> Server {
        serve(router(scope)).await
    }
}

pub(crate) async fn serve(router: Router) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Server::new(address, move || task.abort())
}

pub(crate) fn router(scope: Scope) -> Router {
    let mut router = Router::new();
    for route in scope.routes {
        router = router.route(route.path, method_router(&route));
    }
    for (prefix, nested) in scope.nested {
        router = router.nest(prefix, self::router(nested));
    }
    if let Some(middleware) = scope.middleware {
        router = router
            .layer(from_fn(move |session, request, next| run_middleware(middleware.clone(), session, request, next)));
    }
    match scope.layer {
        Some(layer) => router.layer(session_layer(layer)),
        None => router,
    }
}

fn method_router(route: &Route) -> MethodRouter {
    let filter = MethodFilter::try_from(route.method.clone()).unwrap();
    match route.handler.clone() {
        Handler::Plain(run) => on(filter, async move |uri: Uri| respond(run(parameters(&uri)).await)),
        Handler::Session(run) => {
            on(filter, async move |uri: Uri, session: Session| respond(run(session, parameters(&uri)).await))
        }
        Handler::Typed(run) => {
            on(filter, async move |uri: Uri, visitor: Typed<Visitor>| respond(run(visitor, parameters(&uri)).await))
        }
        Handler::ReadOnly(run) => {
            on(filter, async move |uri: Uri, visitor: ReadOnly<Visitor>| respond(run(visitor, parameters(&uri)).await))
        }
        Handler::All(run) => {
            on(filter, async move |session: Session, typed, read_only| respond(run((session, typed, read_only)).await))
        }
    }
}

fn parameters(uri: &Uri) -> Parameters {
    Parameters::new(uri.path())
}

fn respond(result: Result<Reply, Error>) -> Result<Response, Error> {
    result.map(response)
}

pub(crate) fn response(reply: Reply) -> Response {
    let body = match reply.body {
        ReplyBody::Text(text) => Body::from(text),
        ReplyBody::Streamed(text) => Body::from_stream(stream::once(async move { Ok::<_, Infallible>(text.await) })),
    };
    (reply.status, reply.headers, body).into_response()
}

async fn run_middleware(
    middleware: Middleware,
    session: Session,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let session = (middleware.before)(session).await?;
    let mut response = next.run(request).await;
    let (name, value) = (middleware.after)(session).await?;
    response.headers_mut().insert(name, value.parse().unwrap());
    Ok(response)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Session(error) => error.into_response(),
            Self::Status(status) => status.into_response(),
        }
    }
}

pub(crate) fn session_layer(settings: Layer) -> SessionLayer {
    let mut layer = SessionLayer::new(settings.manager);
    if settings.is_verified {
        layer = layer.verified();
    }
    if let Some(decide) = settings.on_error {
        layer = layer.on_error(move |failure| error_response(decide, failure));
    }
    match settings.fails_if {
        Some(rule) => layer.fails_if(move |status, headers| fails(rule, status, headers)),
        None => layer,
    }
}

fn error_response(decide: fn(&FailedOperation<'_>) -> ErrorResponse, failure: Failure) -> Response {
    let unsaved = failure.unsaved_response().map(|response| {
        let is_marked = response.headers().contains_key(OPTIONAL_COMMIT);
        if is_marked { UnsavedResponse::Marked } else { UnsavedResponse::Unmarked }
    });
    match decide(&FailedOperation { error: failure.error(), unsaved }) {
        ErrorResponse::Default => failure.default_response(),
        ErrorResponse::Custom(reply) => response(reply),
        ErrorResponse::Keep => failure.keep_response_if(|_| true).unwrap_or_else(Failure::default_response),
    }
}

fn fails(rule: FailureRule, status: StatusCode, headers: &HeaderMap) -> bool {
    match rule {
        FailureRule::Never => false,
        FailureRule::Only(failure) => status == failure,
        FailureRule::DefaultOr(failure) => is_failure(status, headers) || status == failure,
    }
}
