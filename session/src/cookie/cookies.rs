//! The text of the cookies: parses `Cookie` headers, and formats `Set-Cookie` headers with their attributes.
//!
//! There are two cookies, so that a slow request that writes client state cannot overwrite the new token of a login.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use http::HeaderValue;

use crate::config::cookie::CookieConfig;
use crate::config::secret_key::SecretKey;
use crate::config::transport::{HeaderConfig, Transport};
use crate::cookie::encryption::cookie_cipher::{CookieCipher, NonceSeed, Purpose};
use crate::cookie::parsed_credentials::ParsedCredentials;
use crate::cookie::request_credentials::{RequestCredentials, RequestTransport};
use crate::cookie::state_cookie::StateCookie;
use crate::cookie::token::Token;
use crate::error::{Error, ErrorKind};
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::schema::keyed::entry_key::field_of_key;

/// The limit of browsers for one cookie, name and value together (RFC 6265bis, 5.6).
const MAX_COOKIE_BYTES: usize = 4096;

/// The limit of browsers for `Max-Age`: 400 days (RFC 6265bis, 5.6.2).
const MAX_AGE_LIMIT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

const MAX_AGE: &str = "; Max-Age=";

/// Parses and creates the cookies of one manager, and the tokens of its header.
pub(crate) struct Cookies {
    config: CookieConfig,
    attributes: String,
    session_name: String,
    state_name: String,
    cipher: CookieCipher,
    /// The header of the transport, if a header may carry the token.
    header: Option<HeaderConfig>,
}

impl Cookies {
    pub(crate) fn new(config: CookieConfig, transport: &Transport, keys: &[SecretKey]) -> Self {
        let (session_name, state_name) = (config.session_cookie_name(), config.state_cookie_name());
        let header = transport.header().cloned();
        let header_name = header.as_ref().map_or("", |header| header.request_name.as_str());
        let cipher = CookieCipher::new(keys, &session_name, header_name);
        Self { attributes: config.attributes(), config, session_name, state_name, cipher, header }
    }

    pub(crate) fn config(&self) -> &CookieConfig {
        &self.config
    }

    pub(super) fn cipher(&self) -> &CookieCipher {
        &self.cipher
    }

    pub(crate) fn header_config(&self) -> Option<&HeaderConfig> {
        self.header.as_ref()
    }

    pub(crate) fn session_name(&self) -> &str {
        &self.session_name
    }

    pub(crate) fn state_name(&self) -> &str {
        &self.state_name
    }

    /// Returns true if a `Cookie` header starts with a cookie of the session cookie's name.
    #[inline]
    pub(crate) fn is_session_cookie(&self, header: &[u8]) -> bool {
        header.strip_prefix(self.session_name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    }

    /// Returns true if a `Cookie` header contains a cookie of our names. The values are not decrypted.
    #[cfg(feature = "tower")]
    #[inline]
    pub(crate) fn are_in(&self, header: &[u8]) -> bool {
        // Most headers start with the session cookie, and need no search.
        self.is_session_cookie(header) || self.are_after_the_first(header)
    }

    #[cfg(feature = "tower")]
    fn are_after_the_first(&self, header: &[u8]) -> bool {
        let is_ours = |name: &[u8]| name == self.session_name.as_bytes() || name == self.state_name.as_bytes();
        let pairs = header.split(|&byte| byte == b';');
        let mut names = pairs.filter_map(|pair| pair.split(|&byte| byte == b'=').next());
        names.any(|name| is_ours(name.trim_ascii()))
    }

    /// Returns true if a request carries a cookie of the session cookie's name.
    pub(crate) fn has_session_cookie(&self, headers: &RequestCredentials) -> bool {
        let has = |header: &HeaderValue| pairs(&text(header)).any(|(name, _)| name == self.session_name);
        headers.iter().any(has)
    }

    /// Returns the token and the client state of a request. Other cookies may contain any bytes.
    pub(crate) fn parse(&self, headers: &RequestCredentials, now: Timestamp) -> ParsedCredentials {
        if headers.transport == RequestTransport::Header {
            return self.parse_header(headers, now);
        }
        let mut parsed = ParsedCredentials::default();
        for header in headers.iter() {
            for (name, value) in pairs(&text(header)) {
                if name == self.session_name {
                    let token = self.cipher.decrypt(Purpose::Session, value, Token::from_bytes);
                    let token = parsed.note_key(token);
                    parsed.add_token(token, now);
                } else if name == self.state_name {
                    let state = self.cipher.decrypt(Purpose::State, value, StateCookie::from_bytes);
                    let state = parsed.note_key(state);
                    parsed.add_state(state, now);
                }
            }
        }
        parsed.select_state();
        parsed
    }

    /// Creates the session cookie of a token.
    pub(crate) fn session_cookie(&self, token: &Token, now: Timestamp) -> HeaderValue {
        let value = self.cipher.encrypt(Purpose::Session, &token.to_bytes(), token.nonce_seed());
        let max_age = token.lifetime.persistent.then(|| token.absolute_end.since(now));
        self.header(&self.session_name, &value, max_age)
    }

    pub(crate) fn state_cookie(&self, state: &StateCookie, persistent: bool, now: Timestamp) -> HeaderValue {
        let value = self.cipher.encrypt(Purpose::State, &state.to_bytes(), NonceSeed::random());
        self.header(&self.state_name, &value, persistent.then(|| state.expires.since(now)))
    }

    pub(crate) fn session_removal(&self) -> HeaderValue {
        self.header(&self.session_name, "", Some(Duration::ZERO))
    }

    pub(crate) fn state_removal(&self) -> HeaderValue {
        self.header(&self.state_name, "", Some(Duration::ZERO))
    }

    fn header(&self, name: &str, value: &str, max_age: Option<Duration>) -> HeaderValue {
        // Rounded up, because `Max-Age=0` removes a cookie.
        let seconds = max_age.map(|age| age.min(MAX_AGE_LIMIT).as_millis().div_ceil(1000));
        let digits = seconds.map_or(0, |seconds| MAX_AGE.len() + 1 + seconds.checked_ilog10().unwrap_or(0) as usize);
        // Exact capacity: with spare room, `Bytes` makes a second allocation.
        let mut header = String::with_capacity(name.len() + 1 + value.len() + self.attributes.len() + digits);
        header.extend([name, "=", value, &*self.attributes]);
        if let Some(seconds) = seconds {
            _ = write!(header, "{MAX_AGE}{seconds}");
        }
        let mut header = HeaderValue::try_from(header).expect("all parts of a cookie are valid header bytes");
        header.set_sensitive(true);
        header
    }

    /// Creates a cookie, `name=value`, or the text of a header token, with the given plain text, for the fuzzer.
    #[cfg(feature = "conformance")]
    pub(crate) fn encrypted(&self, purpose: Purpose, plain: &[u8]) -> String {
        let text = self.cipher.encrypt(purpose, plain, NonceSeed::random());
        match purpose {
            Purpose::Session => format!("{}={text}", self.session_name),
            Purpose::State => format!("{}={text}", self.state_name),
            Purpose::Header => text,
        }
    }

    /// Returns an error if client state does not fit into a cookie. Called before the store.
    pub(crate) fn check_state_size(&self, values: &Values) -> Result<(), Error> {
        let plain_len = StateCookie::HEAD_LEN + values.to_object().len();
        let len = self.state_name.len() + CookieCipher::encrypted_len(plain_len);
        if len <= MAX_COOKIE_BYTES {
            return Ok(());
        }
        let message = format!(
            "the client state needs a cookie of {len} bytes, browsers accept {MAX_COOKIE_BYTES}; its largest {}; nothing was \
             stored",
            largest_part(values)
        );
        Err(Error::new(ErrorKind::TooLarge, message))
    }
}

/// Returns the largest key of client state, or the keyed field whose entries are larger together, with its size.
fn largest_part(values: &Values) -> String {
    let mut fields: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (key, value) in values.iter() {
        let (entries, bytes) = fields.entry(field_of_key(key)).or_default();
        *entries += 1;
        *bytes += key.len() + value.len();
    }
    let field = fields.iter().filter(|(_, (entries, _))| *entries > 1).max_by_key(|(_, (_, bytes))| *bytes);
    let single = values.iter().max_by_key(|(key, value)| key.len() + value.len());
    let (key, value) = single.unwrap_or_default();
    match field {
        Some((field, (entries, bytes))) if *bytes > key.len() + value.len() => {
            format!("part is `{}`: {entries} entries with {bytes} bytes of keys and JSON", field.escape_debug())
        }
        _ => format!("key is `{}` with {} bytes of JSON", key.escape_debug(), value.len()),
    }
}

/// Returns the text of a header. Nearly all headers are UTF-8, and the lossy conversion is several times slower.
fn text(header: &HeaderValue) -> Cow<'_, str> {
    let text = std::str::from_utf8(header.as_bytes());
    text.map_or_else(|_| String::from_utf8_lossy(header.as_bytes()), Cow::Borrowed)
}

/// Returns the names and values of a `Cookie` header (RFC 6265bis, 5.8.3).
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim_ascii(), value.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;
    use crate::config::lifetime::Lifetime;
    use crate::cookie::parsed_credentials::PresentCookies;
    use crate::record::id::SessionId;
    use crate::record::json::Json;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn cookies() -> Cookies {
        Cookies::new(CookieConfig::new(), &Transport::Cookies, &[SecretKey::generate()])
    }

    fn pair(set_cookie: &HeaderValue) -> String {
        set_cookie.to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    fn parse(cookies: &Cookies, lines: &[&str], now: Timestamp) -> ParsedCredentials {
        let lines = lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap());
        cookies.parse(&headers(lines), now)
    }

    fn headers(lines: impl IntoIterator<Item = HeaderValue>) -> RequestCredentials {
        let request = lines.into_iter().map(|line| (header::COOKIE, line)).collect();
        RequestCredentials::from_request(&request, &Transport::Cookies)
    }

    fn state(theme: &str) -> StateCookie {
        let values = [("theme", Json::encode(&theme).unwrap())].into_iter().collect();
        let expires = NOW + Duration::from_secs(60);
        StateCookie { record: Some(SessionId::random()), issued: NOW, expires, csrf: None, values }
    }

    #[test]
    fn a_session_cookie_has_every_attribute_and_is_parsed() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let header = cookies.session_cookie(&token, NOW);
        let text = header.to_str().unwrap();
        for part in ["__Host-id=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=2592000"] {
            assert!(text.contains(part), "{part}");
        }
        let parsed = parse(&cookies, &[&pair(&header)], NOW);
        assert_eq!(parsed.token.unwrap().hash(), token.hash());
        assert_eq!(parsed.present, PresentCookies { session: true, state: false });
    }

    #[test]
    fn a_token_past_its_absolute_end_is_ignored() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let line = pair(&cookies.session_cookie(&token, NOW));
        assert!(parse(&cookies, &[&line], token.absolute_end).token.is_none());
    }

    #[test]
    fn a_state_cookie_is_valid_until_it_expires_and_only_under_its_name() {
        let cookies = cookies();
        let state = state("dark");
        let line = pair(&cookies.state_cookie(&state, true, NOW));
        let parsed = parse(&cookies, &[&line], NOW).state.unwrap();
        assert_eq!((parsed.record, parsed.values), (state.record, state.values.clone()));
        assert!(parse(&cookies, &[&line], state.expires).state.is_none());
        let swapped = line.replace("-state=", "=");
        assert!(parse(&cookies, &[&swapped], NOW).token.is_none());
    }

    #[test]
    fn other_cookies_have_no_effect() {
        let cookies = cookies();
        let token = Token::new(Lifetime::new(), NOW);
        let ours = pair(&cookies.session_cookie(&token, NOW));
        let quote = "\"";
        for foreign in ["=", "name", "föö=bär", "a==b", ";;", "q=", quote, "__Host-idx=1", "__host-id=1"] {
            let line = format!("{foreign}; {ours}; {foreign}");
            assert!(parse(&cookies, &[&line], NOW).token.is_some(), "{foreign:?}");
        }
        let latin1 = HeaderValue::from_bytes(&[b"a=\xe9\xff; ", ours.as_bytes()].concat()).unwrap();
        assert!(cookies.parse(&headers([latin1]), NOW).token.is_some());
    }

    #[test]
    fn client_state_over_the_cookie_limit_is_an_error_that_names_the_size() {
        let cookies = cookies();
        let values = |len: usize| [("note", Json::encode(&"x".repeat(len)).unwrap())].into_iter().collect::<Values>();
        let largest = (0..4096).rfind(|len| cookies.check_state_size(&values(*len)).is_ok()).unwrap();
        let state = StateCookie { record: None, issued: NOW, expires: NOW, csrf: None, values: values(largest) };
        let line = pair(&cookies.state_cookie(&state, false, NOW));
        assert!((4090..=4096 + "=".len()).contains(&line.len()), "{} bytes", line.len());
        let error = cookies.check_state_size(&values(5000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        for part in ["4096", "`note`", "5002 bytes"] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
