//! The cost of the middleware for actix-web: requests to an application without it, and with it. Not part of the pages.
//!
//! `tests/bench/instructions actix/bench-actix` counts instructions. The program alone measures time and allocations.

use std::hint::black_box;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use bench_common::{Bench, CookieJar, run};
use session::actix::SessionMiddleware;
use session::store::MemoryStore;
use session::{SecretKey, Session, SessionConfig, SessionManager};

const KEYS: usize = 1;

fn main() {
    let bench = Bench::from_args("actix", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
        let sessions = SessionMiddleware::new(manager);
        let bare = init_service(App::new().configure(routes)).await;
        let app = init_service(App::new().configure(routes).wrap(sessions.clone())).await;
        let resource = || web::resource("/untouched").to(untouched);
        let bare_resource = init_service(App::new().service(resource())).await;
        let resource = init_service(App::new().service(resource().wrap(sessions))).await;

        let mut jar = CookieJar::default();
        for cookie in call(&app, "/write", "").await.headers().get_all(SET_COOKIE) {
            jar.store(cookie.to_str().expect("a cookie is ASCII"));
        }
        let cookies = jar.to_header();
        measure(&bench, "bare", &bare, "/untouched", &cookies).await;
        measure(&bench, "untouched", &app, "/untouched", &cookies).await;
        measure(&bench, "bare, resource", &bare_resource, "/untouched", &cookies).await;
        measure(&bench, "untouched, resource", &resource, "/untouched", &cookies).await;
        measure(&bench, "unused", &app, "/unused", &cookies).await;
        measure(&bench, "read", &app, "/read", &cookies).await;
        measure(&bench, "write", &app, "/write", &cookies).await;
    });
}

fn routes(config: &mut web::ServiceConfig) {
    config.route("/untouched", web::get().to(untouched)).route("/unused", web::get().to(unused));
    config.route("/read", web::get().to(read)).route("/write", web::get().to(write));
}

async fn untouched() -> HttpResponse {
    HttpResponse::Ok().finish()
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

async fn measure<S, B>(bench: &Bench, row: &str, app: &S, path: &str, cookies: &str)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    bench.measure("actix", row, KEYS, async || drop(black_box(call(app, path, cookies).await))).await;
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
