//! Tests of `session::actix` that have no counterpart in other frameworks. Most of them run an application in this process.

mod allocations;
mod connections;
mod errors;
mod extractors;
mod isolation;
mod nesting;
mod routing;
mod server;

use std::collections::BTreeMap;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{COOKIE, HeaderMap, SET_COOKIE};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use session::actix::SessionMiddleware;
use session::{CookieConfig, Session};
use session_tests::{App as TestApp, Kind};

async fn test_app() -> TestApp {
    app_with_cookie("id").await
}

/// An application whose session cookie has this name.
async fn app_with_cookie(name: &str) -> TestApp {
    let cookie = CookieConfig::new().secure(false).name(name).unwrap();
    TestApp::with(Kind::Memory, |config| config.cookie(cookie)).await
}

fn middleware(app: &TestApp) -> SessionMiddleware {
    SessionMiddleware::new(app.manager.clone())
}

/// The routes of most tests.
fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(async || "hello"))
        .route("/read/{key}", web::get().to(read))
        .route("/write/{key}/{value}", web::get().to(write))
        .route("/logout", web::get().to(log_out));
}

async fn read(key: web::Path<String>, session: Session) -> Result<String, session::Error> {
    Ok(format!("{:?}", session.get::<u64>(key.as_str()).await?))
}

async fn write(path: web::Path<(String, u64)>, mut session: Session) -> Result<&'static str, session::Error> {
    let (key, value) = path.into_inner();
    session.insert(key, value).await?;
    Ok("")
}

async fn log_out(mut session: Session) -> &'static str {
    session.invalidate();
    ""
}

/// A browser. It keeps the cookies of the responses.
#[derive(Clone, Default)]
struct Browser(BTreeMap<String, String>);

struct Reply {
    headers: HeaderMap,
    /// The status and the body in one line.
    line: String,
}

impl Reply {
    /// The name and the attributes of each cookie, without values. A removed cookie has a minus sign.
    fn cookies(&self) -> Vec<String> {
        let mut cookies: Vec<String> =
            self.headers.get_all(SET_COOKIE).map(|value| name_of(value.to_str().unwrap())).collect();
        cookies.sort_unstable();
        cookies
    }
}

fn name_of(set_cookie: &str) -> String {
    let name = set_cookie.split('=').next().unwrap();
    if set_cookie.contains("Max-Age=0") { format!("-{name}") } else { name.to_owned() }
}

impl Browser {
    fn request(&self, path: &str) -> TestRequest {
        let request = TestRequest::with_uri(path);
        if self.0.is_empty() {
            return request;
        }
        let cookies: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.insert_header((COOKIE, cookies.join("; ")))
    }

    async fn get<S, B>(&mut self, app: &S, path: &str) -> Reply
    where
        S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody,
    {
        let reply = match app.call(self.request(path).to_request()).await {
            Ok(response) => reply(response.into_parts().1).await,
            // As the server does.
            Err(error) => reply(HttpResponse::from_error(error)).await,
        };
        self.keep(&reply.headers);
        reply
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

async fn reply<B: MessageBody>(response: HttpResponse<B>) -> Reply {
    let (status, headers) = (response.status(), response.headers().clone());
    let Ok(body) = to_bytes(response.into_body()).await else { panic!("the body failed") };
    let line = format!("{} {}", status.as_u16(), String::from_utf8(body.into()).unwrap()).trim_end().to_owned();
    Reply { headers, line }
}
