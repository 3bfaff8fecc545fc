//! The client of a service of actix-web.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use http::{Request, Response};

use crate::testing::client::private::Sealed;
use crate::testing::client::{Client, TestApp, to_text};

type ResponseFuture = Pin<Box<dyn Future<Output = Response<String>>>>;

/// A service of actix-web under test: see [`Client::actix`]. Clones share it.
#[derive(Clone)]
pub struct ActixApp(Rc<dyn Fn(Request<String>) -> ResponseFuture>);

impl Client<ActixApp> {
    /// Creates a client of the service that `actix_web::test::init_service` returns.
    ///
    /// An error of the service becomes the response that the server would send.
    ///
    /// ```
    /// use actix_web::{App, test::init_service, web};
    /// use session::actix::SessionMiddleware;
    /// use session::store::MemoryStore;
    /// use session::testing::Client;
    /// use session::{SecretKey, Session, SessionConfig, SessionManager};
    ///
    /// async fn home(session: Session) -> Result<String, session::Error> {
    ///     Ok(format!("user {:?}", session.get::<u64>("user").await?))
    /// }
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// let app = App::new().wrap(SessionMiddleware::new(manager.clone())).route("/", web::get().to(home));
    ///
    /// let mut client = Client::actix(init_service(app).await);
    /// assert_eq!(client.get("/").await.body(), "user None");
    /// client.browser.with(&manager, async |session| session.insert("user", 7).await).await?;
    /// assert_eq!(client.get("/").await.body(), "user Some(7)");
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    pub fn actix<S, B>(app: S) -> Self
    where
        S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error> + 'static,
        B: MessageBody + 'static,
    {
        let app = Rc::new(app);
        Self::new(ActixApp(Rc::new(move |request| {
            let app = Rc::clone(&app);
            Box::pin(async move {
                match app.call(to_actix_request(request)).await {
                    Ok(response) => to_response(response.into_parts().1).await,
                    // As the server does.
                    Err(error) => to_response(HttpResponse::from_error(error)).await,
                }
            })
        })))
    }
}

impl Sealed for ActixApp {}

impl TestApp for ActixApp {
    async fn call(&self, request: Request<String>) -> Response<String> {
        (self.0)(request).await
    }
}

// actix-web uses an older version of the crate `http`.

fn to_actix_request(request: Request<String>) -> actix_http::Request {
    let (head, body) = request.into_parts();
    let method = Method::from_bytes(head.method.as_str().as_bytes()).expect("a method is valid in both versions");
    let mut converted = TestRequest::with_uri(&head.uri.to_string()).method(method).set_payload(body);
    for (name, value) in &head.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).expect("a name is valid in both versions");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value is valid in both versions");
        converted = converted.append_header((name, value));
    }
    converted.to_request()
}

async fn to_response<B: MessageBody>(response: HttpResponse<B>) -> Response<String> {
    let mut converted = Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        converted = converted.header(name.as_str(), value.as_bytes());
    }
    let Ok(body) = to_bytes(response.into_body()).await else { panic!("the body of the response failed") };
    converted.body(to_text(&body)).expect("a header is valid in both versions")
}

impl fmt::Debug for ActixApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActixApp")
    }
}
