//! `Client`: a browser that sends requests to an application in the same process.

use http::uri::{PathAndQuery, Scheme};
use http::{HeaderValue, Method, Request, Response, Uri, header};

use crate::testing::browser::Browser;

/// A limit of browsers for redirects in a row.
const MAX_REDIRECTS: usize = 20;

/// A [`Browser`] that sends requests to an application, without a server and without a network.
///
/// [`Client::axum`] and [`Client::actix`] create one. A clone is a second browser with the same cookies.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use axum::{Router, routing::get};
/// use session::axum::SessionLayer;
/// use session::store::MemoryStore;
/// use session::testing::Client;
/// use session::{SecretKey, Session, SessionConfig, SessionManager};
///
/// async fn home(session: Session) -> Result<String, session::Error> {
///     Ok(format!("user {:?}", session.get::<u64>("user").await?))
/// }
///
/// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// let app = Router::new().route("/", get(home)).layer(SessionLayer::new(manager.clone()));
///
/// let mut client = Client::axum(app);
/// assert_eq!(client.get("/").await.body(), "user None");
/// client.browser.with(&manager, async |session| session.insert("user", 7).await).await?;
/// assert_eq!(client.get("/").await.body(), "user Some(7)");
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Client<A> {
    /// The cookies of this client.
    pub browser: Browser,
    app: A,
}

/// An application under test.
pub trait TestApp: private::Sealed {
    /// Sends a request. A body that is not UTF-8 is returned with replacement characters.
    #[doc(hidden)]
    fn call(&self, request: Request<String>) -> impl Future<Output = Response<String>>;
}

pub(super) mod private {
    pub trait Sealed {}
}

impl<A: TestApp> Client<A> {
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(super) fn new(app: A) -> Self {
        Self { browser: Browser::new(), app }
    }

    /// Replaces the browser, for example by an [API client](Browser::api_client).
    #[must_use]
    pub fn with_browser(mut self, browser: Browser) -> Self {
        self.browser = browser;
        self
    }

    /// Sends a GET request to a path, or to an address such as `http://shop.example/admin`. Redirects are not followed.
    pub async fn get(&mut self, address: &str) -> Response<String> {
        self.send(request(Method::GET, address, None, "")).await
    }

    /// Posts a form, for example `user=Ada&remember=on`. Redirects are not followed.
    pub async fn post(&mut self, address: &str, form: impl AsRef<str>) -> Response<String> {
        self.send(request(Method::POST, address, Some("application/x-www-form-urlencoded"), form.as_ref())).await
    }

    /// Posts a form and follows the redirects, like a browser. Returns the last response.
    ///
    /// # Panics
    ///
    /// If there are more than 20 redirects in a row.
    pub async fn submit(&mut self, address: &str, form: impl AsRef<str>) -> Response<String> {
        let form = form.as_ref();
        let (mut address, mut response) = (address.to_owned(), self.post(address, form).await);
        let mut keeps_method = true;
        for _ in 0..MAX_REDIRECTS {
            let Some(next) = redirect(&address, &response) else { return response };
            address = next;
            keeps_method &= matches!(response.status().as_u16(), 307 | 308);
            response = if keeps_method { self.post(&address, form).await } else { self.get(&address).await };
        }
        panic!("more than {MAX_REDIRECTS} redirects in a row");
    }

    /// Sends any request, with the cookies or the token of this client, and keeps those of the response.
    ///
    /// A browser also sends `Sec-Fetch-Site: same-origin`. Headers that the request already has are kept. A body that is not
    /// UTF-8 is returned with replacement characters. The framework's own tools return its bytes: use [`Browser::request`]
    /// and [`Browser::keep`] with them.
    pub async fn send(&mut self, mut request: Request<String>) -> Response<String> {
        let address = request.uri().to_string();
        let mut headers = self.browser.request_to(&address);
        if !self.browser.is_api_client() {
            headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        }
        headers.extend(std::mem::take(request.headers_mut()));
        *request.headers_mut() = headers;
        let response = self.app.call(request).await;
        self.browser.keep_from(&address, response.headers());
        response
    }
}

/// Returns the address to which a response redirects.
fn redirect(address: &str, response: &Response<String>) -> Option<String> {
    let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection())?;
    let location = location.to_str().ok()?.split('#').next()?;
    // A query may contain an address: `/login?next=https://shop.example/`.
    if location.split(['/', '?']).next().is_some_and(|scheme| scheme.contains(':')) {
        return Some(location.to_owned());
    }
    let mut parts = address.parse::<Uri>().ok()?.into_parts();
    if location.starts_with("//") {
        let scheme = parts.scheme.as_ref().map_or("https", Scheme::as_str);
        return Some(format!("{scheme}:{location}"));
    }
    let path = parts.path_and_query.as_ref().map_or("/", PathAndQuery::path);
    let next = match location.chars().next() {
        Some('/') => location.to_owned(),
        Some('?') => format!("{path}{location}"),
        _ => format!("{}/{location}", path.rsplit_once('/').map_or("", |(folder, _)| folder)),
    };
    parts.path_and_query = Some(next.parse().ok()?);
    Uri::from_parts(parts).ok().map(|next| next.to_string())
}

fn request(method: Method, address: &str, content_type: Option<&'static str>, body: &str) -> Request<String> {
    let request = Request::builder().method(method).uri(address).body(body.to_owned());
    let mut request = request.unwrap_or_else(|error| panic!("invalid address of a request: {error}"));
    if let Some(content_type) = content_type {
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    request
}

/// Converts a body to text.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(super) fn to_text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

#[cfg(all(test, feature = "axum"))]
mod tests {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::{any, post};

    use super::*;

    async fn echo(request: axum::extract::Request) -> String {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).map_or("-", |value| value.to_str().unwrap());
        let line = format!("{} {} {} {}", head.method, head.uri, header("cookie"), header("sec-fetch-site"));
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        format!("{line} {}", to_text(&body))
    }

    fn client() -> Client<super::super::AxumApp> {
        let routes = Router::new()
            .route("/see-other", post(async || Redirect::to("/shop/cart?page=1#top")))
            .route("/temporary", post(async || Redirect::temporary("/echo")))
            .route("/twice", post(async || Redirect::temporary("/see-other")))
            .route("/loop", any(async || Redirect::to("/loop")))
            .route("/shop/relative", post(async || Redirect::to("cart")))
            .route("/shop/query", post(async || Redirect::to("?page=2")).get(echo))
            .route("/shop/address", post(async || Redirect::to("?next=https://other.example/")).get(echo))
            .route("/other-host", post(async || Redirect::to("//other.example/echo")))
            .route("/shop/cart", any(echo))
            .route("/echo", any(echo))
            .route("/binary", any(async || [0xff, b'a']));
        Client::axum(routes)
    }

    #[tokio::test]
    async fn a_form_is_submitted_and_its_redirects_are_followed() {
        for (address, last) in [
            ("/see-other", "GET /shop/cart?page=1 - same-origin "),
            ("/temporary", "POST /echo - same-origin a=1"),
            ("/twice", "GET /shop/cart?page=1 - same-origin "),
            ("/shop/relative", "GET /shop/cart - same-origin "),
            ("/shop/query", "GET /shop/query?page=2 - same-origin "),
            ("/shop/address", "GET /shop/address?next=https://other.example/ - same-origin "),
            ("/other-host", "GET https://other.example/echo - same-origin "),
            ("https://shop.example/shop/relative", "GET https://shop.example/shop/cart - same-origin "),
        ] {
            assert_eq!(client().submit(address, "a=1").await.body(), last, "{address}");
        }
    }

    #[tokio::test]
    async fn other_requests_follow_no_redirect() {
        assert_eq!(client().post("/see-other", "").await.status(), 303);
        assert_eq!(client().get("/loop").await.status(), 303);
    }

    #[tokio::test]
    #[should_panic(expected = "more than 20 redirects in a row")]
    async fn a_loop_of_redirects_is_a_panic() {
        client().submit("/loop", "").await;
    }

    #[tokio::test]
    async fn cookies_are_sent_to_the_address_of_the_request() {
        let mut client = client();
        client.browser.set_cookie("a=1; Path=/shop; Secure");
        for (address, cookie) in [("/shop/cart", "a=1"), ("/echo", "-"), ("http://shop.example/shop/cart", "-")] {
            let line = client.get(address).await.into_body();
            assert_eq!(line, format!("GET {address} {cookie} same-origin "));
        }
    }

    #[tokio::test]
    async fn a_header_of_the_request_is_kept() {
        let mut client = client();
        client.browser.set_cookie("a=1; Path=/");
        let request = Request::put("/echo").header("cookie", "b=2").header("sec-fetch-site", "cross-site");
        let response = client.send(request.body("text".to_owned()).unwrap()).await;
        assert_eq!(response.body(), "PUT /echo b=2 cross-site text");
        let mut client = client.with_browser(Browser::api_client(crate::HeaderConfig::bearer()));
        assert_eq!(client.get("/echo").await.body(), "GET /echo - - ", "an API client is no browser");
    }

    #[tokio::test]
    async fn a_body_that_is_not_text_has_replacement_characters() {
        assert_eq!(client().get("/binary").await.body(), "\u{fffd}a");
    }
}
