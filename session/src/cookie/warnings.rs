//! The log lines about a request's credentials: plain http, cookies and header tokens that do not decrypt, and several
//! session cookies.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cookie::cookies::Cookies;
use crate::cookie::parsed_credentials::CredentialFindings;
use crate::cookie::plain_http::{Lookup, drops_secure_cookies};
use crate::cookie::request_credentials::{RequestCredentials, RequestTransport};

/// Set when this process has logged the warning: managers with the same wrong key would repeat it.
static HAS_WARNED_OF_KEY: AtomicBool = AtomicBool::new(false);

/// The warnings that a manager logs once.
#[derive(Default)]
pub(crate) struct CookieWarnings {
    has_warned_of_plain_http: AtomicBool,
    has_warned_of_several: AtomicBool,
}

impl CookieWarnings {
    /// Logs one warning if browsers drop the secure cookies of this server.
    pub(crate) fn warn_of_plain_http(&self, cookies: &Cookies, request: Lookup<'_, '_>, headers: &RequestCredentials) {
        // A browser that sends our cookie has accepted the cookie. Nearly all requests end here.
        let is_first = || headers.first.as_ref().is_some_and(|first| cookies.is_session_cookie(first.as_bytes()));
        if self.has_warned_of_plain_http.load(Ordering::Relaxed) || !cookies.config().is_secure() || is_first() {
            return;
        }
        // The header transport needs no cookie.
        if headers.transport == RequestTransport::Header {
            return;
        }
        if drops_secure_cookies(request)
            && !cookies.has_session_cookie(headers)
            && is_first_time(&self.has_warned_of_plain_http)
        {
            tracing::warn!(
                "request over plain http: browsers drop secure cookies, WebKit (Safari) also on localhost, and sessions \
                 are lost; use https, or `CookieConfig::secure(false)` on a local network or for development"
            );
        }
    }

    /// Logs the findings about a request's credentials.
    #[cold]
    pub(crate) fn log_findings(&self, cookies: &Cookies, findings: CredentialFindings) {
        if findings.undecryptable_header_tokens > 0 {
            log_header_tokens(cookies, findings);
        }
        let CredentialFindings { undecryptable_sessions, undecryptable_states, has_several, .. } = findings;
        let names = [(cookies.session_name(), undecryptable_sessions), (cookies.state_name(), undecryptable_states)];
        for (name, count) in names {
            for _ in 0..count {
                tracing::debug!(cookie = name, "cookie ignored: it does not decrypt");
            }
        }
        if undecryptable_sessions + undecryptable_states > 0 && is_first_time(&HAS_WARNED_OF_KEY) {
            tracing::warn!(
                cookie = cookies.session_name(),
                "a cookie of our name does not decrypt: is the key the same on every server, and is the old key a \
                 `fallback_key`? Another application on this host, on any port, must use another `CookieConfig::name`"
            );
        }
        if has_several && cookies.config().is_host_only() && is_first_time(&self.has_warned_of_several) {
            tracing::warn!(
                cookie = cookies.session_name(),
                "a request has several cookies of one name that decrypt: after a change of `CookieConfig::partitioned` this is \
                 expected; otherwise another host planted one, in a browser that does not enforce `__Host-`"
            );
        }
    }
}

/// Logs the tokens of the header transport that do not decrypt. Tokens of another service may use the same header, so that
/// only a token of our format suggests a differing key.
fn log_header_tokens(cookies: &Cookies, findings: CredentialFindings) {
    let header = cookies.header_config().map(|config| config.request_name.as_str());
    for _ in 0..findings.undecryptable_header_tokens {
        tracing::debug!(header, "token ignored: it does not decrypt");
    }
    if findings.has_foreign_token && is_first_time(&HAS_WARNED_OF_KEY) {
        tracing::warn!(
            header,
            "a token in our header does not decrypt: is the key the same on every server, and is the old key a \
             `fallback_key`? The token of a cookie, and of a header with another name, is not valid here"
        );
    }
}

/// Sets the flag. Returns true the first time.
fn is_first_time(has_warned: &AtomicBool) -> bool {
    !has_warned.load(Ordering::Relaxed) && !has_warned.swap(true, Ordering::Relaxed)
}
