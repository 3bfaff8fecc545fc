//! A test client for the example of actix-web: it sends requests to an application, and keeps the cookies of the responses.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::http::{Method, header};
use actix_web::test::TestRequest;

#[derive(Clone)]
pub(crate) struct Browser<F> {
    send: F,
    cookies: BTreeMap<String, String>,
}

impl<F, R: MessageBody> Browser<F>
where
    F: AsyncFn(TestRequest) -> HttpResponse<R>,
{
    /// `send` returns the response of the application.
    pub(crate) fn new(send: F) -> Self {
        Self { send, cookies: BTreeMap::new() }
    }

    /// Returns the page at `path`.
    pub(crate) async fn get(&mut self, path: &str) -> String {
        let response = self.send(Method::GET, path, "").await;
        assert_eq!(response.status(), 200, "{path}");
        let Ok(body) = to_bytes(response.into_body()).await else { panic!("the body is incomplete") };
        String::from_utf8(body.into()).expect("the body is text")
    }

    /// Submits a form and follows the redirect. Returns the page that it leads to.
    pub(crate) async fn post(&mut self, path: &str, form: &'static str) -> String {
        let response = self.send(Method::POST, path, form).await;
        assert_eq!(response.status(), 303, "{path}");
        let location = response.headers().get(header::LOCATION).expect("a redirect has a location");
        let location = location.to_str().expect("the location is text").to_owned();
        self.get(&location).await
    }

    async fn send(&mut self, method: Method, path: &str, form: &'static str) -> HttpResponse<R> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = TestRequest::with_uri(path)
            .method(method)
            .insert_header((header::COOKIE, cookies.join("; ")))
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(form);
        let response = (self.send)(request).await;
        for set_cookie in response.headers().get_all(header::SET_COOKIE) {
            let set_cookie = set_cookie.to_str().expect("the cookie is text");
            let (cookie, attributes) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
            let (name, value) = cookie.split_once('=').expect("a cookie has a name and a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}
