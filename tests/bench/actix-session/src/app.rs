//! The library in an actix-web router, called without a socket.

use actix_http::Request;
use actix_session::storage::SessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::body::MessageBody;
use actix_web::cookie::Key;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::web::{self, Path};
use actix_web::{App as ActixApp, Error, HttpResponse, Responder, error, test};
use bench_common::{Subject, TEXT, each_key, unique_text};

pub struct App<B, S> {
    bare: B,
    sessions: S,
    max_keys: usize,
}

type Response = Result<HttpResponse, Error>;

fn ok() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn unused(_: Session) -> impl Responder {
    ok()
}

fn read_text(session: &Session) -> Result<(), Error> {
    session.get::<String>(TEXT)?.map(drop).ok_or_else(|| error::ErrorInternalServerError("no text"))
}

fn write_text(session: &Session) -> Result<(), Error> {
    Ok(session.insert(TEXT, unique_text())?)
}

async fn read(session: Session) -> Response {
    read_text(&session)?;
    Ok(ok())
}

async fn write(session: Session) -> Response {
    write_text(&session)?;
    Ok(ok())
}

async fn both(session: Session) -> Response {
    read_text(&session)?;
    write_text(&session)?;
    Ok(ok())
}

async fn login(session: Session) -> Response {
    session.renew();
    write_text(&session)?;
    Ok(ok())
}

async fn seed(session: Session, keys: Path<usize>) -> Response {
    for (key, datum) in each_key(*keys) {
        session.insert(key, datum)?;
    }
    Ok(ok())
}

/// Returns the routes with the middleware and this store, which accepts sessions of up to `max_keys` keys.
pub async fn app<T: SessionStore + 'static>(store: T, max_keys: usize) -> impl Subject {
    let bare = test::init_service(ActixApp::new().route("/bare", web::get().to(async || ok()))).await;
    let routes = ActixApp::new()
        .route("/unused", web::get().to(unused))
        .route("/read", web::get().to(read))
        .route("/write", web::get().to(write))
        .route("/both", web::get().to(both))
        .route("/login", web::get().to(login))
        .route("/seed/{keys}", web::get().to(seed))
        .wrap(SessionMiddleware::new(store, Key::generate()));
    App { bare, sessions: test::init_service(routes).await, max_keys }
}

impl<B, S, BareBody, Body> Subject for App<B, S>
where
    B: Service<Request, Response = ServiceResponse<BareBody>, Error = Error>,
    S: Service<Request, Response = ServiceResponse<Body>, Error = Error>,
    BareBody: MessageBody,
    Body: MessageBody,
{
    type Response = HttpResponse<()>;

    async fn call(&self, path: &str, cookies: &str) -> HttpResponse<()> {
        let mut request = test::TestRequest::get().uri(path);
        if !cookies.is_empty() {
            request = request.insert_header((COOKIE, cookies));
        }
        let request = request.to_request();
        if path == "/bare" {
            test::call_service(&self.bare, request).await.into_parts().1.drop_body()
        } else {
            test::call_service(&self.sessions, request).await.into_parts().1.drop_body()
        }
    }

    fn is_ok(response: &HttpResponse<()>) -> bool {
        response.status().is_success()
    }

    fn set_cookies(response: &HttpResponse<()>) -> Vec<String> {
        let values = response.headers().get_all(SET_COOKIE);
        values.map(|value| value.to_str().expect("a cookie is ASCII").to_owned()).collect()
    }

    fn supports(&self, keys: usize) -> bool {
        keys <= self.max_keys
    }
}
