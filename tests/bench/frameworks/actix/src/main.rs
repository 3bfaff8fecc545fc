//! The cost of the middleware for actix-web, around an application and around one resource.

use std::hint::black_box;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::COOKIE;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use bench_common::{Bench, run};
use bench_frameworks::{BODY, KEYS, PATH, compare, manager, session_cookies};
use session::Session;
use session::actix::SessionMiddleware;

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = manager();
        let cookies = session_cookies(&manager).await;
        let sessions = SessionMiddleware::new(manager);
        let bare = init_service(App::new().configure(routes)).await;
        let app = init_service(App::new().configure(routes).wrap(sessions.clone())).await;
        measure(&bench, "actix-web", &cookies, &bare, &app).await;
        for row in ["unused", "read", "write"] {
            let path = format!("/{row}");
            bench.measure("actix-web", row, KEYS, async || drop(black_box(call(&app, &path, &cookies).await))).await;
        }
        let resource = || web::resource(PATH).to(untouched);
        let bare = init_service(App::new().service(resource())).await;
        let app = init_service(App::new().service(resource().wrap(sessions))).await;
        measure(&bench, "actix-web, one resource", &cookies, &bare, &app).await;
    });
}

fn routes(config: &mut web::ServiceConfig) {
    config.route(PATH, web::get().to(untouched)).route("/unused", web::get().to(unused));
    config.route("/read", web::get().to(read)).route("/write", web::get().to(write));
}

async fn untouched() -> &'static str {
    BODY
}

async fn unused(_: Session) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn read(session: Session) -> Result<HttpResponse, session::Error> {
    black_box(session.get::<u64>("a").await?);
    Ok(HttpResponse::Ok().finish())
}

async fn write(mut session: Session) -> Result<HttpResponse, session::Error> {
    session.insert("a", black_box(7)).await?;
    Ok(HttpResponse::Ok().finish())
}

/// Measures requests to an application without the middleware, and with it.
async fn measure<S, B, T, C>(bench: &Bench, name: &str, cookies: &str, bare: &S, app: &T)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
    T: Service<Request, Response = ServiceResponse<C>, Error = Error>,
    C: MessageBody,
{
    let bare = async |cookies: &str| call(bare, PATH, cookies).await;
    compare(bench, name, cookies, bare, async |cookies| call(app, PATH, cookies).await).await;
}

async fn call<S, B>(app: &S, path: &str, cookies: &str) -> HttpResponse<()>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let mut request = TestRequest::get().uri(path);
    if !cookies.is_empty() {
        request = request.insert_header((COOKIE, cookies));
    }
    let response = app.call(request.to_request()).await.expect("a response");
    // The server drops the request before it sends the response.
    HttpResponse::from(response).drop_body()
}
