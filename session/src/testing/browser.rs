//! `Browser`: a client that keeps cookies or a token, over header maps.

use std::fmt;
use std::time::SystemTime;

use http::{HeaderMap, HeaderValue, header};

use crate::config::clock::Clock;
use crate::config::transport::{HeaderConfig, Transport};
use crate::error::Error;
use crate::session::handle::Session;
use crate::session::manager::session_manager::SessionManager;
use crate::testing::cookie_jar::{CookieJar, Target};

/// A client of an application, without a framework: it creates the headers of requests, and keeps those of responses.
///
/// By default it is a browser on an https site. It stores and sends cookies like one: `Max-Age`, `Expires`, `Secure`,
/// `Path`, `Domain`, the prefixes `__Host-` and `__Secure-`, and the limit of 4,096 bytes. All its requests come from the
/// same site, so that `SameSite` has no effect. [`api_client`](Self::api_client) creates a client that sends its token in
/// a header.
///
/// The tabs of one browser are one `Browser`. A clone is a thief with the same cookies, or a request that was sent before the
/// response to another one.
///
/// ```
/// use session::store::MemoryStore;
/// use session::testing::Browser;
/// use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     user: String,
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// let mut browser = Browser::new();
///
/// // A session in which a user is logged in.
/// browser.with(&manager, async |session| session.log_in(Visitor::USER, "Ada".to_owned()).await).await?;
///
/// let session = manager.open(&browser.request());
/// assert_eq!(session.typed::<Visitor>().user().await?.as_deref(), Some("Ada"));
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Browser {
    cookies: CookieJar,
    api: Option<ApiClient>,
    clock: Clock,
}

/// A client that sends its token in a header.
#[derive(Clone)]
struct ApiClient {
    header: HeaderConfig,
    token: Option<HeaderValue>,
}

impl Browser {
    /// Creates a browser without cookies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an API client without a token, for the transport [`Headers`](Transport::Headers) or
    /// [`Either`](Transport::Either).
    ///
    /// It keeps the value of the response header, and sends it with the next request. It ignores cookies.
    ///
    /// ```
    /// # use session::{HeaderConfig, SecretKey, SessionConfig, SessionManager, Transport, store::MemoryStore};
    /// # use session::testing::Browser;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let config = SessionConfig::new(SecretKey::generate()).transport(Transport::Headers(HeaderConfig::bearer()));
    /// let manager = SessionManager::new(MemoryStore::new(), config);
    /// let mut client = Browser::api_client(HeaderConfig::bearer());
    /// client.with(&manager, async |session| session.insert("user", 7).await).await?;
    /// assert!(client.request().contains_key("authorization"));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    pub fn api_client(header: HeaderConfig) -> Self {
        Self { api: Some(ApiClient { header, token: None }), ..Self::default() }
    }

    /// Sets the clock by which later cookies expire. Default: the system clock, until [`with`](Self::with) was called.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// Returns the headers of a request to the path `/`, over https.
    pub fn request(&self) -> HeaderMap {
        self.request_to("/")
    }

    /// Returns the headers of a request to an address: `/admin`, or `http://shop.example/admin`.
    ///
    /// `Secure` cookies are sent over https, and over http to this machine (`localhost` and loopback addresses), like
    /// Chromium and Firefox do. An address that is only a path stands for https. It has no host, so that cookies of all
    /// hosts are sent.
    ///
    /// # Panics
    ///
    /// If the address is not a URI.
    #[track_caller]
    pub fn request_to(&self, address: &str) -> HeaderMap {
        if let Some(api) = &self.api {
            return api.header().into_iter().collect();
        }
        let cookies = self.cookies.header(&Target::parse(address));
        let value = HeaderValue::try_from(cookies).expect("stored cookies are valid header bytes");
        [(header::COOKIE, value)].into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Keeps the cookies or the token of a response, and removes those that the response removes. For a response to a
    /// request to `/` over https.
    ///
    /// Cookies that browsers reject are ignored.
    pub fn keep(&mut self, response: &HeaderMap) {
        self.keep_from("/", response);
    }

    /// Keeps the cookies or the token of a response from an address, as in [`request_to`](Self::request_to).
    ///
    /// # Panics
    ///
    /// If the address is not a URI.
    #[track_caller]
    pub fn keep_from(&mut self, address: &str, response: &HeaderMap) {
        if let Some(api) = &mut self.api {
            return api.keep(response);
        }
        let target = Target::parse(address);
        for set_cookie in response.get_all(header::SET_COOKIE) {
            if let Ok(set_cookie) = set_cookie.to_str() {
                self.cookies.store(set_cookie, &target, &self.clock);
            }
        }
    }

    /// Runs a request of this browser without the application: `f` receives the session, which is committed at the end.
    /// Prepares the session of a test, for example a logged-in user. Returns the result of `f`.
    ///
    /// From this call on, cookies expire by the clock of this manager.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # use session::testing::Browser;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut browser = Browser::new();
    /// browser.with(&manager, async |session| session.insert("user", 7).await).await?;
    ///
    /// // Also reads the session after the requests of a test.
    /// let user = browser.with(&manager, async |session| session.get::<u64>("user").await).await?;
    /// assert_eq!(user, Some(7));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - The error of `f`. Then nothing is committed, except a deletion.
    /// - The errors of [`sync`](Session::sync).
    /// - [`Config`](crate::ErrorKind::Config): the manager does not accept the transport of this client.
    pub async fn with<R>(
        &mut self,
        manager: &SessionManager,
        f: impl AsyncFnOnce(&mut Session) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let config = &manager.inner().config;
        self.check_transport(&config.transport)?;
        self.clock = config.clock.clone();
        let path = config.cookie.path_text().to_owned();
        let mut session = manager.open(&self.request_to(&path));
        let result = f(&mut session).await;
        let mut response = HeaderMap::new();
        let ended = match result {
            Ok(_) => session.finalize(&mut response).await,
            Err(_) => session.abandon(&mut response).await,
        };
        self.keep_from(&path, &response);
        let result = result?;
        ended.map(|()| result)
    }

    pub(super) fn is_api_client(&self) -> bool {
        self.api.is_some()
    }

    fn check_transport(&self, transport: &Transport) -> Result<(), Error> {
        match (transport, &self.api) {
            (Transport::Headers(_), None) => Err(Error::config(
                "the manager accepts tokens in a header only: create the client with `Browser::api_client`",
            )),
            (Transport::Cookies, Some(_)) => {
                Err(Error::config("the manager accepts cookies only: create the client with `Browser::new`"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the value of a cookie that has not expired.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.value(name)
    }

    /// Returns the names of the cookies that have not expired, in the order of their creation.
    pub fn cookie_names(&self) -> Vec<&str> {
        self.cookies.names()
    }

    /// Stores a cookie as a response would, for example `theme=dark; Path=/`. `Max-Age=0` removes it.
    pub fn set_cookie(&mut self, set_cookie: &str) {
        self.cookies.store(set_cookie, &Target::parse("/"), &self.clock);
    }

    /// Closes the browser and opens it again: removes the cookies without a lifetime, such as those of
    /// [`until_browser_closes`](crate::Lifetime::until_browser_closes).
    pub fn close(&mut self) {
        self.cookies.remove_session_cookies();
    }

    /// Removes all cookies and the token, as a user does who deletes the data of the site.
    pub fn clear(&mut self) {
        self.cookies = CookieJar::default();
        if let Some(api) = &mut self.api {
            api.token = None;
        }
    }
}

impl ApiClient {
    /// Returns the header of a request. Without a token it is empty, so that `Either` responds with a token in the header.
    fn header(&self) -> Option<(http::HeaderName, HeaderValue)> {
        let name = self.header.request_name.clone();
        let Some(token) = &self.token else {
            return (!self.header.is_bearer).then(|| (name, HeaderValue::from_static("")));
        };
        if !self.header.is_bearer {
            return Some((name, token.clone()));
        }
        let value = [b"Bearer ", token.as_bytes()].concat();
        Some((name, HeaderValue::from_bytes(&value).expect("a token is valid header bytes")))
    }

    fn keep(&mut self, response: &HeaderMap) {
        if let Some(token) = response.get(&self.header.response_name) {
            self.token = Some(token.clone()).filter(|token| !token.is_empty());
        }
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_token = self.api.as_ref().is_some_and(|api| api.token.is_some());
        f.debug_struct("Browser")
            .field("cookies", &self.cookie_names())
            .field("has_token", &has_token)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::cookie::CookieConfig;
    use crate::config::secret_key::SecretKey;
    use crate::config::session_config::SessionConfig;
    use crate::error::ErrorKind;
    use crate::store::MemoryStore;
    use crate::testing::test_clock::TestClock;

    fn manager(configure: impl FnOnce(SessionConfig) -> SessionConfig) -> SessionManager {
        SessionManager::new(MemoryStore::new(), configure(SessionConfig::new(SecretKey::generate())))
    }

    async fn user(browser: &mut Browser, manager: &SessionManager) -> Option<u64> {
        browser.with(manager, async |session| session.get::<u64>("user").await).await.unwrap()
    }

    async fn log_in(browser: &mut Browser, manager: &SessionManager) {
        browser.with(manager, async |session| session.insert("user", 7).await).await.unwrap();
    }

    #[tokio::test]
    async fn with_prepares_a_session_under_every_cookie_setting() {
        let cookie = CookieConfig::new();
        for cookie in [
            cookie.clone(),
            cookie.clone().path("/admin").unwrap(),
            cookie.clone().domain("shop.example").unwrap(),
            cookie.clone().secure(false),
            cookie.partitioned(true),
        ] {
            let (manager, mut browser) = (manager(|config| config.cookie(cookie.clone())), Browser::new());
            log_in(&mut browser, &manager).await;
            assert_eq!(user(&mut browser, &manager).await, Some(7), "{cookie:?}");
            assert_eq!(user(&mut Browser::new(), &manager).await, None);
        }
    }

    #[tokio::test]
    async fn an_api_client_keeps_its_token_with_every_transport() {
        let named = HeaderConfig::named("x-shop").unwrap();
        for (transport, header) in [
            (Transport::Headers(HeaderConfig::new()), HeaderConfig::new()),
            (Transport::Headers(HeaderConfig::bearer()), HeaderConfig::bearer()),
            (Transport::Either(HeaderConfig::new()), HeaderConfig::new()),
            (Transport::Either(named.clone()), named),
        ] {
            let (manager, mut client) = (manager(|config| config.transport(transport)), Browser::api_client(header));
            log_in(&mut client, &manager).await;
            assert_eq!(user(&mut client, &manager).await, Some(7));
            assert!(client.cookie_names().is_empty());
            let thief = client.clone();
            client
                .with(&manager, async |session| {
                    session.invalidate();
                    Ok(())
                })
                .await
                .unwrap();
            assert!(client.api.as_ref().unwrap().token.is_none(), "an empty header removes the token");
            assert_eq!(user(&mut thief.clone(), &manager).await, None);
        }
    }

    #[tokio::test]
    async fn with_reports_a_client_of_the_wrong_transport() {
        let headers = manager(|config| config.transport(Transport::Headers(HeaderConfig::new())));
        let cookies = manager(|config| config);
        for (mut client, manager, fix) in [
            (Browser::new(), headers, "`Browser::api_client`"),
            (Browser::api_client(HeaderConfig::new()), cookies, "`Browser::new`"),
        ] {
            let error = client.with(&manager, async |session| session.insert("user", 7).await).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(fix), "{error}");
        }
    }

    #[tokio::test]
    async fn an_error_in_with_is_returned_and_stores_nothing() {
        let (manager, mut browser) = (manager(|config| config), Browser::new());
        let result = browser.with(&manager, async |session| {
            session.insert("user", 7).await?;
            Err::<(), Error>(Error::new(ErrorKind::Value, "wrong"))
        });
        assert_eq!(result.await.unwrap_err().kind(), ErrorKind::Value);
        assert_eq!(user(&mut browser, &manager).await, None);
    }

    #[tokio::test]
    async fn cookies_expire_by_the_clock_of_the_manager() {
        let clock = TestClock::new();
        let (manager, mut browser) = (manager(|config| config.clock(clock.source())), Browser::new());
        browser.set_cookie("other=1; Max-Age=60");
        log_in(&mut browser, &manager).await;
        assert_eq!(browser.cookie_names(), ["other", "__Host-id"]);
        clock.advance(Duration::from_secs(31 * 24 * 3600));
        assert_eq!(browser.cookie_names(), ["other"], "a cookie keeps the clock of its response");
        clock.rewind(Duration::from_secs(31 * 24 * 3600));
        browser.clear();
        assert!(browser.request().is_empty());
    }

    #[tokio::test]
    async fn a_closed_browser_loses_only_cookies_without_a_lifetime() {
        let mut browser = Browser::new();
        browser.set_cookie("theme=dark; Max-Age=60");
        browser.set_cookie("id=1");
        browser.close();
        assert_eq!(browser.cookie_names(), ["theme"]);
    }

    #[tokio::test]
    async fn debug_shows_no_value() {
        let (manager, mut browser) = (manager(|config| config), Browser::new());
        log_in(&mut browser, &manager).await;
        let value = browser.cookie("__Host-id").unwrap().to_owned();
        assert_eq!(format!("{browser:?}"), "Browser { cookies: [\"__Host-id\"], has_token: false, .. }");
        assert!(!value.is_empty());
    }
}
