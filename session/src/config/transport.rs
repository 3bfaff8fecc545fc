//! The transport of the token between client and server: cookies, a header, or either.

use http::{HeaderName, header};

use crate::error::Error;

const SESSION_TOKEN: HeaderName = HeaderName::from_static("session-token");

/// The transport of the session token between client and server.
///
/// Browsers store cookies. API clients, such as mobile apps, command-line tools and other servers, send a header instead:
/// they store the value of the response header `Session-Token`, and send it with the next request.
///
/// The response uses the transport of its request. A token of one transport is invalid on the other. Plan, limits and
/// rotation are the same. A request with the header transport has no [client state](crate::Session::client), which needs a
/// cookie: it reads as absent, and a write is an error of kind [`NoBrowser`](crate::ErrorKind::NoBrowser).
///
/// Three requests of an API client:
///
/// ```
/// use http::{HeaderMap, HeaderName};
/// use session::{HeaderConfig, SecretKey, SessionConfig, SessionManager, Transport, store::MemoryStore};
///
/// const TOKEN: HeaderName = HeaderName::from_static("session-token");
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let config = SessionConfig::new(SecretKey::generate()).transport(Transport::Headers(HeaderConfig::new()));
/// let manager = SessionManager::new(MemoryStore::new(), config);
///
/// // The login: the client receives a token.
/// let mut session = manager.open(&HeaderMap::new());
/// session.insert("user.id", 7).await?;
/// let mut response = HeaderMap::new();
/// session.finalize(&mut response).await?;
/// let token = response[TOKEN].clone();
///
/// // The client sends the token.
/// let session = manager.open(&HeaderMap::from_iter([(TOKEN, token.clone())]));
/// assert_eq!(session.get("user.id").await?, Some(7));
///
/// // The logout: an empty header removes the token from the client.
/// let mut session = manager.open(&HeaderMap::from_iter([(TOKEN, token)]));
/// session.invalidate();
/// let mut response = HeaderMap::new();
/// session.finalize(&mut response).await?;
/// assert_eq!(response[TOKEN], "");
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
///
/// # API clients
///
/// A client replaces its token whenever a response has the header, also a response with an error. An empty value removes
/// the token. [`Session::token_status`](crate::Session::token_status) shows if the token of a request is invalid, for a
/// response with status 401.
///
/// # Scripts of other origins
///
/// A script of another origin needs the application's permission (CORS) to send the header and to read it. With tower-http,
/// outside of the session layer:
///
/// ```
/// use http::{HeaderValue, Method, header};
/// use session::HeaderConfig;
/// use tower_http::cors::CorsLayer;
///
/// let token = HeaderConfig::new(); // the same as in `SessionConfig::transport`
/// let cors = CorsLayer::new()
///     .allow_origin(HeaderValue::from_static("https://app.example"))
///     .allow_methods([Method::GET, Method::POST])
///     .allow_headers([token.request_name().clone(), header::CONTENT_TYPE])
///     .expose_headers([token.response_name().clone(), header::WWW_AUTHENTICATE]);
/// # let _ = cors;
/// ```
///
/// With [`Either`](Self::Either), a check of the origin protects the requests with cookies. It must accept these scripts:
/// the requests that have the header. The [threat model](crate::docs::threat_model) has the condition.
///
/// A script of the page can read a token in a header, unlike an `HttpOnly` cookie. For browsers, prefer cookies.
#[derive(Clone, Debug, Default)]
pub enum Transport {
    /// Only cookies.
    #[default]
    Cookies,
    /// Only a header. Cookies are neither read nor set.
    Headers(HeaderConfig),
    /// The header if the request has it, otherwise cookies.
    ///
    /// A request that has the header uses the header transport, even if the value is empty or invalid: its cookies are
    /// ignored, and none is set. A client without a token sends an empty header to receive its token in the header:
    /// `Session-Token:`.
    Either(HeaderConfig),
}

impl Transport {
    pub(crate) fn header(&self) -> Option<&HeaderConfig> {
        match self {
            Self::Cookies => None,
            Self::Headers(header) | Self::Either(header) => Some(header),
        }
    }

    #[cfg(feature = "_middleware")]
    pub(crate) fn accepts_cookies(&self) -> bool {
        !matches!(self, Self::Headers(_))
    }

    /// Returns an error for `Either` with `Authorization`, where a token of another service would hide the cookies.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Either(header) if header.is_bearer => Err(Error::config(
                "`Transport::Either` needs a header of its own, because `Authorization` may hold a token of another \
                 service: use `HeaderConfig::new()`, or `Transport::Headers` with `HeaderConfig::bearer()`",
            )),
            _ => Ok(()),
        }
    }
}

/// The names of the headers that carry the token.
///
/// Default: `Session-Token` in the request and in the response.
///
/// The token is bound to the name of the request header. Managers that share a key need different names.
#[derive(Clone, Debug)]
pub struct HeaderConfig {
    pub(crate) request_name: HeaderName,
    pub(crate) response_name: HeaderName,
    /// The token follows the scheme `Bearer` in the request.
    pub(crate) is_bearer: bool,
}

impl HeaderConfig {
    /// Creates the default: `Session-Token` in the request and in the response.
    pub fn new() -> Self {
        Self { request_name: SESSION_TOKEN, response_name: SESSION_TOKEN, is_bearer: false }
    }

    /// Creates a configuration with one name for the headers of request and response.
    ///
    /// ```
    /// use session::HeaderConfig;
    ///
    /// let header = HeaderConfig::named("X-Shop-Session")?;
    /// # Ok::<(), session::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the name is not a token (RFC 9110), or HTTP defines a header of this name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let Ok(name) = HeaderName::try_from(name) else {
            return Err(Error::config("a header name consists of ASCII letters, digits and !#$%&'*+-.^_`|~"));
        };
        if name == header::AUTHORIZATION {
            return Err(Error::config("use `HeaderConfig::bearer()` for a token in `Authorization`"));
        }
        if is_defined_by_http(&name) {
            return Err(Error::config(format!("HTTP defines the header `{name}`: use another name")));
        }
        Ok(Self { request_name: name.clone(), response_name: name, is_bearer: false })
    }

    /// Creates a configuration for bearer tokens (RFC 6750): `Authorization: Bearer …` in the request, `Session-Token` in
    /// the response. Only for [`Transport::Headers`].
    ///
    /// Other schemes in `Authorization`, such as `Basic`, are ignored.
    ///
    /// ```
    /// use http::{HeaderMap, header};
    /// use session::{HeaderConfig, SecretKey, SessionConfig, SessionManager, Transport, store::MemoryStore};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let config = SessionConfig::new(SecretKey::generate()).transport(Transport::Headers(HeaderConfig::bearer()));
    /// let manager = SessionManager::new(MemoryStore::new(), config);
    ///
    /// let mut session = manager.open(&HeaderMap::new());
    /// session.insert("user.id", 7).await?;
    /// let mut response = HeaderMap::new();
    /// session.finalize(&mut response).await?;
    ///
    /// let authorization = format!("Bearer {}", response["session-token"].to_str().unwrap());
    /// let request = HeaderMap::from_iter([(header::AUTHORIZATION, authorization.parse().unwrap())]);
    /// assert_eq!(manager.open(&request).get("user.id").await?, Some(7));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    pub fn bearer() -> Self {
        Self { request_name: header::AUTHORIZATION, response_name: SESSION_TOKEN, is_bearer: true }
    }

    /// Returns the name of the request header, for the settings of CORS and for checks of the origin.
    ///
    /// ```
    /// use session::HeaderConfig;
    ///
    /// assert_eq!(HeaderConfig::new().request_name(), "session-token");
    /// assert_eq!(HeaderConfig::bearer().request_name(), "authorization");
    /// ```
    pub fn request_name(&self) -> &HeaderName {
        &self.request_name
    }

    /// Returns the name of the response header, for the settings of CORS.
    ///
    /// ```
    /// use session::HeaderConfig;
    ///
    /// assert_eq!(HeaderConfig::named("X-Shop-Session")?.response_name(), "x-shop-session");
    /// assert_eq!(HeaderConfig::bearer().response_name(), "session-token");
    /// # Ok::<(), session::Error>(())
    /// ```
    pub fn response_name(&self) -> &HeaderName {
        &self.response_name
    }
}

impl Default for HeaderConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns true for a header that clients, proxies or this library use for another purpose.
fn is_defined_by_http(name: &HeaderName) -> bool {
    const NAMES: [&str; 28] = [
        "age",
        "allow",
        "alt-svc",
        "cache-control",
        "connection",
        "cookie",
        "date",
        "etag",
        "expect",
        "expires",
        "forwarded",
        "from",
        "grpc-status",
        "host",
        "keep-alive",
        "location",
        "origin",
        "range",
        "referer",
        "server",
        "surrogate-control",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "vary",
        "via",
    ];
    const PREFIXES: [&str; 9] = [
        "accept-",
        "access-control-",
        "content-",
        "if-",
        "proxy-",
        "sec-",
        "set-cookie",
        "www-authenticate",
        "x-forwarded-",
    ];
    let name = name.as_str();
    let has_prefix = || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    name == "accept" || name.ends_with("cdn-cache-control") || NAMES.contains(&name) || has_prefix()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_name_that_http_uses_is_an_error() {
        for name in ["", "a b", "a:b", "é", "Cookie", "set-cookie", "Host", "cache-control", "CDN-Cache-Control"] {
            assert!(HeaderConfig::named(name).is_err(), "{name:?}");
        }
        for name in [
            "Accept",
            "Access-Control-Allow-Origin",
            "Content-Length",
            "If-None-Match",
            "Keep-Alive",
            "X-Forwarded-For",
        ] {
            assert!(HeaderConfig::named(name).is_err(), "{name:?}");
        }
        let error = HeaderConfig::named("Authorization").unwrap_err();
        assert!(error.to_string().contains("`HeaderConfig::bearer()`"), "{error}");
        let named = HeaderConfig::named("X-Shop-Session").unwrap();
        assert_eq!((named.request_name.as_str(), named.response_name.as_str()), ("x-shop-session", "x-shop-session"));
    }

    #[test]
    fn either_needs_a_header_of_its_own() {
        let error = Transport::Either(HeaderConfig::bearer()).check().unwrap_err();
        for fix in ["`HeaderConfig::new()`", "`Transport::Headers`"] {
            assert!(error.to_string().contains(fix), "{error}");
        }
        for transport in [
            Transport::Cookies,
            Transport::Headers(HeaderConfig::bearer()),
            Transport::Headers(HeaderConfig::new()),
            Transport::Either(HeaderConfig::new()),
        ] {
            assert!(transport.check().is_ok(), "{transport:?}");
        }
    }
}
