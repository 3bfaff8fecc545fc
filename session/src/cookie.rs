//! The two cookies of a session: their names and attributes, what they seal, and how they travel.
//!
//! The *session cookie* seals the token; the *state cookie* seals the client state and the record it belongs to. They
//! are two so that a slow request that writes client state cannot put an old token back over a sign-in.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use cookie::{Cookie, SameSite as RawSameSite};
use http::{HeaderMap, HeaderValue, header};

use crate::error::{Error, ErrorKind};
use crate::id::{SessionId, Token};
use crate::seal::{Purpose, Salt, Sealer, SecretKey};
use crate::time::Timestamp;
use crate::values::Values;

/// The most that browsers keep of one cookie, name and value together (RFC 6265bis, section 5.6).
const MAX_COOKIE_LEN: usize = 4096;

/// The longest `Max-Age` that browsers honour (RFC 6265bis, section 5.6.2): 400 days.
const MAX_AGE_LIMIT: Duration = Duration::from_hours(400 * 24);

const MAX_AGE: &str = "; Max-Age=";

/// The names and attributes of the two cookies.
///
/// The default is the strictest that works for web sites: `__Host-id`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`
/// (OWASP ASVS 5.0, 3.3.1 to 3.3.4). The name's prefix follows from the attributes, so that a browser never refuses it:
/// `__Host-` while the cookie is secure, for every path and for this host alone; otherwise `__Secure-`, or nothing.
///
/// ```
/// use session::CookieConfig;
///
/// let cookies = CookieConfig::new();
/// assert_eq!(cookies.session_cookie_name(), "__Host-id");
/// assert_eq!(cookies.state_cookie_name(), "__Host-id-state");
/// let shared = CookieConfig::new().name("shop")?.domain("example.com")?;
/// assert_eq!(shared.session_cookie_name(), "__Secure-shop");
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CookieConfig {
    stem: String,
    domain: Option<String>,
    path: String,
    secure: bool,
    same_site: SameSite,
}

/// Whether other sites' pages make the browser send the cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Only on this site's own requests: whoever follows a link from elsewhere arrives without a session.
    Strict,
    /// Also when a link from elsewhere is followed. A POST from another site arrives without the cookies.
    #[default]
    Lax,
    /// On every request. The application needs its own defence against request forgery. Browsers refuse such a cookie
    /// unless it is secure (RFC 6265bis, section 5.7): with `secure(false)` this is `Lax`.
    None,
}

impl CookieConfig {
    /// `__Host-id`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`.
    pub fn new() -> Self {
        Self { stem: "id".into(), domain: None, path: "/".into(), secure: true, same_site: SameSite::Lax }
    }

    /// The name without its prefix. Default: `id`, which tells an attacker nothing of what runs here.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config): the name is empty, is not a token of RFC 9110, or has a prefix already.
    pub fn name(self, stem: &str) -> Result<Self, Error> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if stem.is_empty() || !stem.bytes().all(is_token) {
            return Err(Error::config("a cookie's name is one or more ASCII letters, digits or !#$%&'*+-.^_`|~"));
        }
        if stem.starts_with("__") {
            return Err(Error::config("leave out the cookie's prefix: it follows from domain, path and `secure`"));
        }
        Ok(Self { stem: stem.into(), ..self })
    }

    /// The domain whose every host gets the cookies. Default: none, which is this host alone; any other host of the
    /// domain could otherwise read and plant them.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config): the domain has other characters than letters, digits, `-` and `.`.
    pub fn domain(self, domain: &str) -> Result<Self, Error> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        if domain.is_empty() || !domain.bytes().all(is_host) {
            return Err(Error::config("a cookie's domain has only ASCII letters, digits, `-` and `.`"));
        }
        Ok(Self { domain: Some(domain.into()), ..self })
    }

    /// The path under which the browser sends the cookies. Default: `/`.
    ///
    /// # Errors
    ///
    /// [`Config`](ErrorKind::Config): the path does not begin with `/`, or has `;` or control characters.
    pub fn path(self, path: &str) -> Result<Self, Error> {
        if !path.starts_with('/') || path.bytes().any(|byte| byte == b';' || !(b' '..=b'~').contains(&byte)) {
            return Err(Error::config("a cookie's path begins with `/` and is printable ASCII without `;`"));
        }
        Ok(Self { path: path.into(), ..self })
    }

    /// Whether the cookies travel over https alone. Default: yes.
    ///
    /// `false` is for plain http on a local network. On `localhost` it is not needed: current Chromium and Firefox take
    /// secure cookies from there.
    #[must_use]
    pub fn secure(self, secure: bool) -> Self {
        Self { secure, ..self }
    }

    /// Whether other sites' pages make the browser send the cookies. Default: [`SameSite::Lax`].
    #[must_use]
    pub fn same_site(self, same_site: SameSite) -> Self {
        Self { same_site, ..self }
    }

    /// The session cookie's whole name.
    pub fn session_cookie_name(&self) -> String {
        format!("{}{}", self.prefix(), self.stem)
    }

    /// The state cookie's whole name.
    pub fn state_cookie_name(&self) -> String {
        format!("{}{}-state", self.prefix(), self.stem)
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    fn prefix(&self) -> &'static str {
        match (self.secure, &self.domain, &*self.path) {
            (true, None, "/") => "__Host-",
            (true, ..) => "__Secure-",
            (false, ..) => "",
        }
    }

    /// What stands behind name and value: `; HttpOnly; SameSite=Lax; Secure; Path=/`.
    fn attributes(&self) -> String {
        let mut cookie = Cookie::build(("", "")).path(&*self.path).secure(self.secure).http_only(true).build();
        cookie.set_same_site(match self.same_site {
            SameSite::Strict => RawSameSite::Strict,
            SameSite::None if self.secure => RawSameSite::None,
            SameSite::Lax | SameSite::None => RawSameSite::Lax,
        });
        if let Some(domain) = &self.domain {
            cookie.set_domain(&**domain);
        }
        cookie.to_string().trim_start_matches('=').to_owned()
    }
}

impl Default for CookieConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// The cookies of one manager: reads them, and writes them.
pub(crate) struct Cookies {
    config: CookieConfig,
    attributes: String,
    session_name: String,
    state_name: String,
    sealer: Sealer,
}

/// What a request's `Cookie` headers held of ours.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) token: Option<Token>,
    pub(crate) state: Option<StateCookie>,
    /// The browser sent cookies of these names, whether they open or not.
    pub(crate) carried: Carried,
}

/// Which of our cookies a browser sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) session: bool,
    pub(crate) state: bool,
}

/// What the state cookie seals.
#[derive(Clone)]
pub(crate) struct StateCookie {
    /// The record it belongs to, if any: beside another record's session cookie it is not believed.
    pub(crate) record: Option<SessionId>,
    pub(crate) expires: Timestamp,
    pub(crate) values: Values,
}

impl StateCookie {
    /// No record: random ids are never all zero.
    const NO_RECORD: [u8; 16] = [0; 16];
    const HEAD: usize = 16 + 8;

    fn to_bytes(&self) -> Vec<u8> {
        let record = self.record.as_ref().map_or(&Self::NO_RECORD, SessionId::as_bytes);
        [&record[..], &self.expires.as_millis().to_be_bytes(), &self.values.to_object()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (record, rest) = bytes.split_first_chunk::<16>()?;
        let (expires, object) = rest.split_first_chunk::<8>()?;
        Some(Self {
            record: (*record != Self::NO_RECORD).then(|| SessionId::from_bytes(*record)),
            expires: Timestamp::from_millis(i64::from_be_bytes(*expires)),
            values: Values::from_object(object)?,
        })
    }
}

impl Cookies {
    pub(crate) fn new(config: CookieConfig, keys: &[SecretKey]) -> Self {
        let (session_name, state_name) = (config.session_cookie_name(), config.state_cookie_name());
        let sealer = Sealer::new(keys, &session_name);
        Self { attributes: config.attributes(), config, session_name, state_name, sealer }
    }

    fn header(&self, name: &str, value: &str, max_age: Option<Duration>) -> HeaderValue {
        // Rounded down, the last second would be a removal.
        let seconds = max_age.map(|age| age.min(MAX_AGE_LIMIT).as_millis().div_ceil(1000));
        let digits = seconds.map_or(0, |seconds| MAX_AGE.len() + 1 + seconds.checked_ilog10().unwrap_or(0) as usize);
        // To the byte: a header that has spare room is kept in two places.
        let mut header = String::with_capacity(name.len() + 1 + value.len() + self.attributes.len() + digits);
        header.extend([name, "=", value, &*self.attributes]);
        if let Some(seconds) = seconds {
            _ = write!(header, "{MAX_AGE}{seconds}");
        }
        let mut header = HeaderValue::try_from(header).expect("every part of a cookie was checked");
        header.set_sensitive(true);
        header
    }

    pub(crate) fn config(&self) -> &CookieConfig {
        &self.config
    }

    /// Whether a `Cookie` header begins with a session cookie, of ours by its name.
    pub(crate) fn is_session_cookie(&self, header: &[u8]) -> bool {
        header.strip_prefix(self.session_name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    }

    /// Opens the first cookie of each name that opens and has not expired. Cookies of other names may hold anything.
    pub(crate) fn open<'a>(&self, headers: impl Iterator<Item = &'a HeaderValue>, now: Timestamp) -> Opened {
        let mut opened = Opened::default();
        for header in headers {
            // It is almost always text, and the lossy way takes several times as long to see that.
            let text = std::str::from_utf8(header.as_bytes());
            let text = text.map_or_else(|_| String::from_utf8_lossy(header.as_bytes()), Cow::Borrowed);
            for (name, value) in pairs(&text) {
                if name == self.session_name {
                    opened.carried.session = true;
                    opened.token = opened.token.or_else(|| self.open_token(value, now));
                } else if name == self.state_name {
                    opened.carried.state = true;
                    opened.state = opened.state.or_else(|| self.open_state(value, now));
                }
            }
        }
        opened
    }

    fn open_token(&self, value: &str, now: Timestamp) -> Option<Token> {
        self.sealer.open(Purpose::Session, value, Token::from_bytes).filter(|token| now < token.end)
    }

    fn open_state(&self, value: &str, now: Timestamp) -> Option<StateCookie> {
        self.sealer.open(Purpose::State, value, StateCookie::from_bytes).filter(|state| now < state.expires)
    }

    /// The session cookie that carries `token`.
    pub(crate) fn session_cookie(&self, token: &Token, now: Timestamp) -> HeaderValue {
        let value = self.sealer.seal(Purpose::Session, &token.to_bytes(), token.salt());
        let max_age = token.lifetime.persistent.then(|| token.end.since(now));
        self.header(&self.session_name, &value, max_age)
    }

    /// The state cookie that carries `state`.
    pub(crate) fn state_cookie(&self, state: &StateCookie, persistent: bool, now: Timestamp) -> HeaderValue {
        let value = self.sealer.seal(Purpose::State, &state.to_bytes(), Salt::random());
        self.header(&self.state_name, &value, persistent.then(|| state.expires.since(now)))
    }

    pub(crate) fn session_removal(&self) -> HeaderValue {
        self.header(&self.session_name, "", Some(Duration::ZERO))
    }

    pub(crate) fn state_removal(&self) -> HeaderValue {
        self.header(&self.state_name, "", Some(Duration::ZERO))
    }

    /// A cookie, `name=value`, that seals bytes of a fuzzer's.
    #[cfg(feature = "testing")]
    pub(crate) fn sealed(&self, purpose: Purpose, plain: &[u8]) -> String {
        let name = match purpose {
            Purpose::Session => &self.session_name,
            Purpose::State => &self.state_name,
        };
        format!("{name}={}", self.sealer.seal(purpose, plain, Salt::random()))
    }

    /// Whether client state of these values fits into a cookie. Asked before the store is.
    pub(crate) fn check_state_size(&self, values: &Values) -> Result<(), Error> {
        let len = self.state_name.len() + Sealer::sealed_len(StateCookie::HEAD + values.to_object().len());
        if len <= MAX_COOKIE_LEN {
            return Ok(());
        }
        let largest = values.iter().max_by_key(|(key, value)| key.len() + value.len());
        let (key, size) = largest.map_or(("", 0), |(key, value)| (key, value.len()));
        let message = format!(
            "the client state needs a cookie of {len} bytes, and browsers keep {MAX_COOKIE_LEN}; its largest key is \
             `{}` with {size} bytes of JSON; nothing was stored",
            key.escape_debug()
        );
        Err(Error::new(ErrorKind::TooLarge, message))
    }
}

/// The names and values of a `Cookie` header (RFC 6265bis, section 5.8.3).
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim_ascii(), value.trim_ascii()))
}

/// Whether a browser would drop a secure cookie from the server that this request came to: it says itself that it is
/// on a plain-http page, and the host is not this machine.
pub(crate) fn drops_secure_cookies(request: &HeaderMap) -> bool {
    let page = [header::ORIGIN, header::REFERER].iter().find_map(|name| request.get(name)?.to_str().ok());
    let Some(host) = page.and_then(|page| page.strip_prefix("http://")) else { return false };
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find([':', '/']) };
    let name = &host[..end.unwrap_or(host.len())];
    let is_local = name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1]";
    !is_local && request.get(header::HOST).is_some_and(|to| host.as_bytes().starts_with(to.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;
    use crate::lifetime::Lifetime;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn cookies() -> Cookies {
        Cookies::new(CookieConfig::new(), &[SecretKey::generate()])
    }

    fn pair(set_cookie: &HeaderValue) -> String {
        set_cookie.to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    fn open(cookies: &Cookies, lines: &[&str], now: Timestamp) -> Opened {
        let lines: Vec<_> = lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap()).collect();
        cookies.open(lines.iter(), now)
    }

    fn state(theme: &str) -> StateCookie {
        let values = [("theme", Json::encode(&theme).unwrap())].into_iter().collect();
        StateCookie { record: Some(SessionId::random()), expires: NOW + Duration::from_mins(1), values }
    }

    #[test]
    fn the_prefix_follows_from_domain_path_and_secure() {
        let name = |config: CookieConfig| config.session_cookie_name();
        assert_eq!(name(CookieConfig::new()), "__Host-id");
        assert_eq!(name(CookieConfig::new().path("/app").unwrap()), "__Secure-id");
        assert_eq!(name(CookieConfig::new().domain("example.com").unwrap()), "__Secure-id");
        assert_eq!(name(CookieConfig::new().secure(false)), "id");
    }

    #[test]
    fn settings_that_no_browser_takes_are_refused() {
        for name in ["", "a b", "a;b", "a=b", "é", "__Host-id", "__Secure-id"] {
            assert!(CookieConfig::new().name(name).is_err(), "{name:?}");
        }
        for domain in ["", "a b", "a;b", "exämple.com"] {
            assert!(CookieConfig::new().domain(domain).is_err(), "{domain:?}");
        }
        for path in ["", "app", "/a;b", "/\n"] {
            assert!(CookieConfig::new().path(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_session_cookie_has_every_attribute_and_opens() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let header = cookies.session_cookie(&token, NOW);
        let text = header.to_str().unwrap();
        for part in ["__Host-id=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=2592000"] {
            assert!(text.contains(part), "{part}");
        }
        let opened = open(&cookies, &[&pair(&header)], NOW);
        assert_eq!(opened.token.unwrap().hash(), token.hash());
        assert_eq!(opened.carried, Carried { session: true, state: false });
    }

    #[test]
    fn a_token_past_its_end_does_not_open() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let line = pair(&cookies.session_cookie(&token, NOW));
        assert!(open(&cookies, &[&line], token.end).token.is_none());
    }

    #[test]
    fn a_state_cookie_opens_until_it_expires_and_only_as_state() {
        let cookies = cookies();
        let state = state("dark");
        let line = pair(&cookies.state_cookie(&state, true, NOW));
        let opened = open(&cookies, &[&line], NOW).state.unwrap();
        assert_eq!((opened.record, opened.values), (state.record, state.values.clone()));
        assert!(open(&cookies, &[&line], state.expires).state.is_none());
        let swapped = line.replace("-state=", "=");
        assert!(open(&cookies, &[&swapped], NOW).token.is_none());
    }

    #[test]
    fn the_first_cookie_of_our_name_that_opens_is_taken() {
        let cookies = cookies();
        let tokens = [Token::new(Lifetime::new(), NOW), Token::new(Lifetime::new(), NOW)];
        let [first, second] = tokens.map(|token| pair(&cookies.session_cookie(&token, NOW)));
        let planted = format!("__Host-id=planted; {first}; {second}");
        assert_eq!(open(&cookies, &[&planted], NOW).token.unwrap().id, tokens[0].id);
        assert_eq!(open(&cookies, &["__Host-id=planted", &second], NOW).token.unwrap().id, tokens[1].id);
    }

    #[test]
    fn what_other_cookies_hold_does_not_matter() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let ours = pair(&cookies.session_cookie(&token, NOW));
        let quote = "\"";
        for foreign in ["=", "name", "föö=bär", "a==b", ";;", "q=", quote, "__Host-idx=1", "__host-id=1"] {
            let line = format!("{foreign}; {ours}; {foreign}");
            assert!(open(&cookies, &[&line], NOW).token.is_some(), "{foreign:?}");
        }
        let latin1 = HeaderValue::from_bytes(&[b"a=\xe9\xff; ", ours.as_bytes()].concat()).unwrap();
        assert!(cookies.open([latin1].iter(), NOW).token.is_some());
    }

    #[test]
    fn client_state_that_no_browser_would_keep_is_an_error_that_names_the_size() {
        let cookies = cookies();
        let values = |len: usize| [("note", Json::encode(&"x".repeat(len)).unwrap())].into_iter().collect::<Values>();
        let largest = (0..4096).rfind(|len| cookies.check_state_size(&values(*len)).is_ok()).unwrap();
        let state = StateCookie { record: None, expires: NOW, values: values(largest) };
        let line = pair(&cookies.state_cookie(&state, false, NOW));
        assert!((4090..=4096 + "=".len()).contains(&line.len()), "{} bytes", line.len());
        let error = cookies.check_state_size(&values(5000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        for part in ["4096", "`note`", "5002 bytes"] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn plain_http_is_noticed_only_where_browsers_drop_the_cookie() {
        let request = |host: &str, origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            drops_secure_cookies(&headers)
        };
        assert!(request("192.168.1.5:3000", "http://192.168.1.5:3000"));
        assert!(request("shop.local", "http://shop.local"));
        assert!(!request("shop.example", "https://shop.example"));
        assert!(!request("shop.example", "http://elsewhere.example"), "a link from a plain-http page elsewhere");
        for local in ["localhost:3000", "shop.localhost", "127.0.0.1:3000", "[::1]:3000"] {
            assert!(!request(local, &format!("http://{local}")), "{local}");
        }
        assert!(!drops_secure_cookies(&HeaderMap::new()));
    }
}
