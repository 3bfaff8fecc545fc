//! actix-web with `session::actix`.

use std::convert::Infallible;
use std::sync::mpsc;
use std::thread;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::System;
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::stream;
use session::actix::{Failure, SessionMiddleware, is_failure};
use session::{Error, ReadOnly, Session, Typed};
use session_framework_cases::{Handler, Parameters, Reply, ReplyBody, Route, Visitor};

use super::layer::{ErrorResponse, FailedOperation, FailureRule, Layer, OPTIONAL_COMMIT, UnsavedResponse};
use super::middleware::{Middleware, Refusal};
use super::scope::Scope;
use super::server::{Framework, Server};

pub(crate) struct Actix;

impl Framework for Actix {
    const NAME: &str = "actix";

    async fn serve(scope: Scope) -> Server {
        let (sender, started) = mpsc::channel();
        // The workers of a server need a runtime of actix, whose tasks stay on one thread.
        thread::spawn(move || {
            System::new().block_on(async move {
                let app = move || App::new().configure(|config| add_scope(config, "", scope.clone()));
                let server = HttpServer::new(app).workers(2).disable_signals();
                // By default, a handler runs to its end although the client has disconnected.
                let server = server.h1_allow_half_closed(false).bind("127.0.0.1:0").unwrap();
                let address = server.addrs()[0].to_string();
                let server = server.run();
                sender.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = started.recv().unwrap();
        // The server stops although the future is dropped.
        Server::new(address, move || drop(handle.stop(false)))
    }
}

fn add_scope(config: &mut ServiceConfig, prefix: &str, scope: Scope) {
    let Scope { routes, nested, middleware, layer } = scope;
    let service = web::scope(prefix).configure(|config| {
        for route in routes {
            add_route(config, prefix, route);
        }
        for (prefix, scope) in nested {
            add_scope(config, prefix, scope);
        }
    });
    let middleware = middleware.map(|middleware| {
        from_fn(move |session, request, next: Next<_>| run_middleware(middleware.clone(), session, request, next))
    });
    match (middleware, layer.map(session_middleware)) {
        (None, None) => config.service(service),
        (None, Some(layer)) => config.service(service.wrap(layer)),
        (Some(middleware), None) => config.service(service.wrap(middleware)),
        (Some(middleware), Some(layer)) => config.service(service.wrap(middleware).wrap(layer)),
    };
}

fn add_route(config: &mut ServiceConfig, prefix: &str, route: Route) {
    // The root of a nested scope has no slash at its end.
    let path = if prefix.is_empty() { route.path } else { route.path.trim_end_matches('/') };
    let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    config.route(path, web::method(method).to_handler(route.handler));
}

/// Adds a handler with its extractors to a route.
trait ToHandler {
    fn to_handler(self, handler: Handler) -> Self;
}

impl ToHandler for actix_web::Route {
    fn to_handler(self, handler: Handler) -> Self {
        match handler {
            Handler::Plain(run) => self.to(move |uri: Uri| respond(run(parameters(&uri)))),
            Handler::Session(run) => self.to(move |uri: Uri, session: Session| respond(run(session, parameters(&uri)))),
            Handler::Typed(run) => {
                self.to(move |uri: Uri, visitor: Typed<Visitor>| respond(run(visitor, parameters(&uri))))
            }
            Handler::ReadOnly(run) => {
                self.to(move |uri: Uri, visitor: ReadOnly<Visitor>| respond(run(visitor, parameters(&uri))))
            }
            Handler::All(run) => {
                self.to(move |session: Session, typed: Typed<Visitor>, read_only: ReadOnly<Visitor>| {
                    respond(run((session, typed, read_only)))
                })
            }
        }
    }
}

fn parameters(uri: &Uri) -> Parameters {
    Parameters::new(uri.path())
}

async fn respond(reply: impl Future<Output = Result<Reply, Error>>) -> Result<HttpResponse, Error> {
    reply.await.map(response)
}

fn response(reply: Reply) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status.as_u16()).unwrap());
    for (name, value) in &reply.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    match reply.body {
        ReplyBody::Text(text) => response.body(text),
        ReplyBody::Streamed(text) => {
            response.streaming(stream::once(async move { Ok::<_, Infallible>(Bytes::from(text.await)) }))
        }
    }
}

async fn run_middleware(
    middleware: Middleware,
    session: Session,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let session = (middleware.before)(session).await.map_err(refusal)?;
    let mut response = next.call(request).await?;
    let (name, value) = (middleware.after)(session).await?;
    response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
    Ok(response)
}

fn refusal(refusal: Refusal) -> actix_web::Error {
    match refusal {
        Refusal::Session(error) => error.into(),
        Refusal::Status(status) => {
            let status = StatusCode::from_u16(status.as_u16()).unwrap();
            InternalError::from_response("refused", HttpResponse::new(status)).into()
        }
    }
}

fn session_middleware(settings: Layer) -> SessionMiddleware {
    let mut middleware = SessionMiddleware::new(settings.manager);
    if settings.is_verified {
        middleware = middleware.verified();
    }
    if let Some(decide) = settings.on_error {
        middleware = middleware.on_error(move |failure| error_response(decide, failure));
    }
    match settings.fails_if {
        Some(rule) => middleware.fails_if(move |status, headers| fails(rule, status, headers)),
        None => middleware,
    }
}

fn error_response(decide: fn(&FailedOperation<'_>) -> ErrorResponse, failure: Failure) -> HttpResponse {
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
    let is = |other: http::StatusCode| status.as_u16() == other.as_u16();
    match rule {
        FailureRule::Never => false,
        FailureRule::Only(failure) => is(failure),
        FailureRule::DefaultOr(failure) => is_failure(status, headers) || is(failure),
    }
}
