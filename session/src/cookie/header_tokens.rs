//! The text of the token headers: parses the request header of the transport, and formats the response header.

use http::{HeaderName, HeaderValue};

use crate::config::transport::HeaderConfig;
use crate::cookie::cookies::Cookies;
use crate::cookie::encryption::cookie_cipher::{CookieCipher, Purpose};
use crate::cookie::parsed_credentials::ParsedCredentials;
use crate::cookie::request_credentials::RequestCredentials;
use crate::cookie::token::Token;
use crate::record::timestamp::Timestamp;

/// Every token has this length, so that longer values are never decoded.
const TOKEN_LEN: usize = CookieCipher::encrypted_len(Token::LEN);

impl Cookies {
    /// Returns the token of a request that uses the header transport.
    pub(super) fn parse_header(&self, credentials: &RequestCredentials, now: Timestamp) -> ParsedCredentials {
        let mut parsed = ParsedCredentials::default();
        let Some(config) = self.header_config() else { return parsed };
        for value in credentials.iter() {
            for token in tokens(config, value) {
                let text = token_text(token);
                let token = text.and_then(|text| self.cipher().decrypt(Purpose::Header, text, Token::from_bytes));
                let token = parsed.note_key(token);
                parsed.add_header_token(token, text.is_some(), now);
            }
        }
        parsed
    }

    /// Creates the response header of a token. An empty header removes the token from the client.
    pub(crate) fn token_header(&self, token: Option<&Token>) -> Option<(HeaderName, HeaderValue)> {
        let config = self.header_config()?;
        let encrypt = |token: &Token| self.cipher().encrypt(Purpose::Header, &token.to_bytes(), token.nonce_seed());
        let text = token.map(encrypt).unwrap_or_default();
        let mut value = HeaderValue::try_from(text).expect("an encrypted text is a valid header");
        value.set_sensitive(true);
        Some((config.response_name.clone(), value))
    }
}

/// Returns the tokens of a header. A proxy may join several headers of one name with commas (RFC 9110, 5.3). An empty
/// value is no token.
fn tokens<'v>(config: &HeaderConfig, value: &'v HeaderValue) -> impl Iterator<Item = &'v [u8]> {
    let values = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let tokens = values.filter_map(|value| if config.is_bearer { bearer_token(value) } else { Some(value) });
    tokens.filter(|token| !token.is_empty())
}

/// Returns the token after the scheme `Bearer`, in upper or lower case (RFC 9110, 11.1).
fn bearer_token(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(b"bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii_start())
}

/// Returns the text of a value that has the format of our tokens. A JSON web token never has it.
fn token_text(value: &[u8]) -> Option<&str> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let has_format = value.len() == TOKEN_LEN && value.iter().all(is_base64);
    std::str::from_utf8(value).ok().filter(|_| has_format)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};

    use super::*;
    use crate::config::cookie::CookieConfig;
    use crate::config::lifetime::Lifetime;
    use crate::config::secret_key::SecretKey;
    use crate::config::transport::Transport;
    use crate::cookie::parsed_credentials::{CredentialFindings, PresentCookies};

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn cookies(key: &SecretKey, transport: &Transport) -> Cookies {
        Cookies::new(CookieConfig::new(), transport, std::slice::from_ref(key))
    }

    fn named() -> Transport {
        Transport::Headers(HeaderConfig::new())
    }

    fn bearer() -> Transport {
        Transport::Headers(HeaderConfig::bearer())
    }

    fn text(cookies: &Cookies, token: &Token) -> String {
        cookies.token_header(Some(token)).unwrap().1.to_str().unwrap().to_owned()
    }

    fn parse(cookies: &Cookies, transport: &Transport, values: &[&str]) -> ParsedCredentials {
        let name = &transport.header().unwrap().request_name;
        let request: HeaderMap = values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect();
        cookies.parse(&RequestCredentials::from_request(&request, transport), NOW)
    }

    #[test]
    fn a_token_in_a_header_is_parsed_and_sensitive() {
        let cookies = cookies(&SecretKey::generate(), &named());
        let token = Token::new(Lifetime::new(), NOW);
        let (name, value) = cookies.token_header(Some(&token)).unwrap();
        assert_eq!((name.as_str(), value.len(), value.is_sensitive()), ("session-token", TOKEN_LEN, true));
        let parsed = parse(&cookies, &named(), &[value.to_str().unwrap()]);
        assert_eq!(parsed.token.unwrap().hash(), token.hash());
        assert_eq!(parsed.present, PresentCookies { session: true, state: false });
        assert_eq!(cookies.token_header(None).unwrap(), (name, HeaderValue::from_static("")));
    }

    #[test]
    fn a_bearer_token_follows_its_scheme_in_upper_or_lower_case() {
        let cookies = cookies(&SecretKey::generate(), &bearer());
        let token = Token::new(Lifetime::new(), NOW);
        let text = text(&cookies, &token);
        for scheme in ["Bearer ", "bearer ", "BEARER  "] {
            let parsed = parse(&cookies, &bearer(), &[&format!("{scheme}{text}")]);
            assert_eq!(parsed.token.unwrap().hash(), token.hash(), "{scheme:?}");
        }
        for other in [text.clone(), format!("Basic {text}"), format!("Bearer{text}"), "Bearer".into(), "Bearer ".into()]
        {
            let parsed = parse(&cookies, &bearer(), &[&other]);
            assert!(parsed.token.is_none() && !parsed.present.session, "{other}");
            assert_eq!(parsed.findings, CredentialFindings::default());
        }
    }

    #[test]
    fn a_token_is_valid_only_on_its_transport_and_header() {
        let key = SecretKey::generate();
        let token = Token::new(Lifetime::new(), NOW);
        let [header, bearer_cookies] = [cookies(&key, &named()), cookies(&key, &bearer())];
        let other = Transport::Headers(HeaderConfig::named("x-token").unwrap());
        let other_cookies = cookies(&key, &other);
        let cookie = header.session_cookie(&token, NOW).to_str().unwrap().split_once('=').unwrap().1.to_owned();
        let cookie = cookie.split(';').next().unwrap();
        assert!(parse(&header, &named(), &[&text(&header, &token)]).token.is_some());
        for foreign in [cookie.to_owned(), text(&bearer_cookies, &token), text(&other_cookies, &token)] {
            let parsed = parse(&header, &named(), &[&foreign]);
            assert!(parsed.token.is_none() && parsed.present.session);
        }
        let line = HeaderValue::try_from(format!("__Host-id={}", text(&header, &token))).unwrap();
        let request: HeaderMap = [(header::COOKIE, line)].into_iter().collect();
        let credentials = RequestCredentials::from_request(&request, &Transport::Cookies);
        assert!(header.parse(&credentials, NOW).token.is_none());
    }

    #[test]
    fn of_several_tokens_the_one_issued_last_is_used_in_either_order() {
        let cookies = cookies(&SecretKey::generate(), &named());
        let later = NOW + std::time::Duration::from_millis(1);
        let [old, new] = [Token::new(Lifetime::new(), NOW), Token::new(Lifetime::new(), later)];
        let [first, second] = [text(&cookies, &old), text(&cookies, &new)];
        for values in [
            &[&*first, &*second][..],
            &[&second, &first],
            &[&format!("{first}, {second}")],
            &[&format!("{second},{first}")],
            &["garbled", &second, ""],
        ] {
            let parsed = parse(&cookies, &named(), values);
            assert_eq!(parsed.token.unwrap().hash(), new.hash());
            assert!(!parsed.findings.has_several, "the warning is about planted cookies");
        }
    }

    #[test]
    fn only_a_value_with_the_format_of_a_token_suggests_another_key() {
        let cookies = cookies(&SecretKey::generate(), &named());
        let foreign = text(&self::cookies(&SecretKey::generate(), &named()), &Token::new(Lifetime::new(), NOW));
        let jwt = format!("{}.{}.{}", "e".repeat(40), "e".repeat(40), "e".repeat(TOKEN_LEN - 82));
        assert_eq!(jwt.len(), TOKEN_LEN);
        for (value, suggests_key) in [(&*foreign, true), (&jwt, false), ("garbled", false), (&foreign[1..], false)] {
            let findings = parse(&cookies, &named(), &[value]).findings;
            assert_eq!(
                (findings.undecryptable_header_tokens, findings.has_foreign_token),
                (1, suggests_key),
                "{value}"
            );
        }
        let not_text = HeaderValue::from_bytes(b"\xe9").unwrap();
        let request: HeaderMap = [(HeaderName::from_static("session-token"), not_text)].into_iter().collect();
        let parsed = cookies.parse(&RequestCredentials::from_request(&request, &named()), NOW);
        assert!(parsed.present.session && parsed.findings.undecryptable_header_tokens == 1);
    }
}
