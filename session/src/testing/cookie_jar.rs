//! The cookies of a test browser: which ones it stores, and which ones it sends (RFC 6265bis, 5.6 to 5.8).

use std::time::{Duration, SystemTime};

use cookie::Cookie;
use http::Uri;

use crate::config::clock::Clock;

/// The limit for name and value together.
const MAX_COOKIE_BYTES: usize = 4096;

/// The limit of `Max-Age` and `Expires`: 400 days.
const MAX_AGE_LIMIT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The address of a request.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Set for https, and for http on this machine, which browsers trust.
    is_secure: bool,
    /// Unset for an address that is only a path. Then cookies of every host are sent.
    host: Option<String>,
    path: String,
}

impl Target {
    /// Parses an address, or a path on an https server.
    #[track_caller]
    pub(super) fn parse(address: &str) -> Self {
        let uri: Uri = address.parse().unwrap_or_else(|error| panic!("invalid address of a request: {error}"));
        let host = uri.host().map(|host| host.trim_end_matches('.').to_ascii_lowercase());
        let is_loopback = host.as_deref().is_some_and(is_loopback);
        Self { is_secure: uri.scheme_str() != Some("http") || is_loopback, host, path: uri.path().to_owned() }
    }

    /// Returns the path of a cookie without a valid `Path`.
    fn default_path(&self) -> String {
        match self.path.rfind('/') {
            None | Some(0) => "/".to_owned(),
            Some(end) => self.path[..end].to_owned(),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]"
}

#[derive(Clone)]
struct StoredCookie {
    name: String,
    value: String,
    /// Unset for a cookie that ends with the browser. Each cookie has the clock of its response.
    expiry: Option<(SystemTime, Clock)>,
    /// The host of the response or the `Domain`, if the host is known.
    host: Option<String>,
    is_host_only: bool,
    path: String,
    is_secure: bool,
}

impl StoredCookie {
    /// Returns the cookie that a browser stores, or `None` if browsers reject it.
    fn from_response(cookie: &Cookie<'_>, target: &Target, clock: &Clock) -> Option<Self> {
        let is_secure = cookie.secure().unwrap_or(false);
        let domain = cookie.domain().map(|domain| domain.trim_start_matches('.').to_ascii_lowercase());
        let is_foreign =
            domain.as_deref().zip(target.host.as_deref()).is_some_and(|(domain, host)| !matches_domain(host, domain));
        let is_refused = (is_secure && !target.is_secure) || is_foreign || !has_allowed_prefix(cookie);
        if is_refused || cookie.name().len() + cookie.value().len() > MAX_COOKIE_BYTES {
            return None;
        }
        Some(Self {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            expiry: expiry(cookie, clock.now().into()).map(|expires| (expires, clock.clone())),
            is_host_only: domain.is_none(),
            host: domain.or_else(|| target.host.clone()),
            path: cookie
                .path()
                .filter(|path| path.starts_with('/'))
                .map_or_else(|| target.default_path(), str::to_owned),
            is_secure,
        })
    }

    fn is_live(&self) -> bool {
        self.expiry.as_ref().is_none_or(|(expires, clock)| SystemTime::from(clock.now()) < *expires)
    }

    /// A cookie of an unknown host is the cookie of each host, to all of which it is sent.
    fn is_same_cookie(&self, other: &Self) -> bool {
        let is_same_host = self.host.is_none() || other.host.is_none() || self.host == other.host;
        is_same_host && (&self.name, &self.path) == (&other.name, &other.path)
    }

    fn is_sent_to(&self, target: &Target) -> bool {
        let matches_host = match (&self.host, &target.host) {
            (Some(own), Some(host)) if self.is_host_only => own == host,
            (Some(own), Some(host)) => matches_domain(host, own),
            _ => true,
        };
        matches_host && matches_path(&target.path, &self.path) && (target.is_secure || !self.is_secure)
    }
}

/// Returns the time at which a cookie expires, if it has one.
fn expiry(cookie: &Cookie<'_>, now: SystemTime) -> Option<SystemTime> {
    let limit = now + MAX_AGE_LIMIT;
    if let Some(max_age) = cookie.max_age() {
        return Some((now + max_age.try_into().unwrap_or(Duration::ZERO).min(MAX_AGE_LIMIT)).min(limit));
    }
    cookie.expires_datetime().map(|expires| SystemTime::from(expires).min(limit))
}

/// Returns true if the attributes are those that the prefix of the name requires.
fn has_allowed_prefix(cookie: &Cookie<'_>) -> bool {
    let has_prefix =
        |prefix: &str| cookie.name().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let is_secure = cookie.secure().unwrap_or(false);
    let is_host_only = is_secure && cookie.domain().is_none() && cookie.path() == Some("/");
    (!has_prefix("__Secure-") || is_secure) && (!has_prefix("__Host-") || is_host_only)
}

fn matches_domain(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn matches_path(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'))
}

/// The cookies, in the order of their creation.
#[derive(Clone, Default)]
pub(super) struct CookieJar(Vec<StoredCookie>);

impl CookieJar {
    /// Stores, replaces or removes a cookie as a `Set-Cookie` header requires.
    pub(super) fn store(&mut self, set_cookie: &str, target: &Target, clock: &Clock) {
        let Ok(cookie) = Cookie::parse(set_cookie) else { return };
        let Some(cookie) = StoredCookie::from_response(&cookie, target, clock) else { return };
        let position = self.0.iter().position(|other| other.is_same_cookie(&cookie));
        match position {
            Some(at) if cookie.is_live() => self.0[at] = cookie,
            Some(at) => drop(self.0.remove(at)),
            None if cookie.is_live() => self.0.push(cookie),
            None => {}
        }
    }

    /// Removes the cookies that end with the browser.
    pub(super) fn remove_session_cookies(&mut self) {
        self.0.retain(|cookie| cookie.expiry.is_some());
    }

    /// Returns the text of the `Cookie` header: longer paths first, then older cookies.
    pub(super) fn header(&self, target: &Target) -> String {
        let mut cookies: Vec<_> = self.live().filter(|cookie| cookie.is_sent_to(target)).collect();
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        pairs.join("; ")
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.live().find(|cookie| cookie.name == name).map(|cookie| &*cookie.value)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.live().map(|cookie| &*cookie.name).collect()
    }

    fn live(&self) -> impl Iterator<Item = &StoredCookie> {
        self.0.iter().filter(|cookie| cookie.is_live())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    const SHOP: &str = "https://shop.example/";

    /// A jar that received one cookie from an address.
    fn jar(address: &str, set_cookie: &str) -> CookieJar {
        let mut jar = CookieJar::default();
        jar.store(set_cookie, &Target::parse(address), &Clock::default());
        jar
    }

    fn is_sent(set_cookie: &str, from: &str, to: &str) -> bool {
        !jar(from, set_cookie).header(&Target::parse(to)).is_empty()
    }

    #[test]
    fn a_cookie_is_sent_until_it_expires() {
        let seconds = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&seconds);
        let clock = Clock::new(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + now.load(Ordering::SeqCst))
        });
        let mut jar = CookieJar::default();
        for set_cookie in [
            "short=1; Max-Age=10",
            "date=1; Expires=Fri, 15 Jan 2027 08:00:20 GMT",
            "both=1; Expires=Fri, 15 Jan 2027 08:00:20 GMT; Max-Age=30",
            "session=1",
            "negative=1; Max-Age=-1",
            "past=1; Expires=Thu, 14 Jan 2027 08:00:00 GMT",
        ] {
            jar.store(set_cookie, &Target::parse("/"), &clock);
        }
        for (time, names) in [
            (9, vec!["short", "date", "both", "session"]),
            (10, vec!["date", "both", "session"]),
            (20, vec!["both", "session"]),
            (30, vec!["session"]),
        ] {
            seconds.store(time, Ordering::SeqCst);
            assert_eq!(jar.names(), names, "after {time} s");
            assert_eq!(jar.header(&Target::parse("/")).split("; ").count(), names.len());
        }
    }

    #[test]
    fn a_lifetime_is_cut_to_400_days() {
        let now = SystemTime::from(Clock::default().now());
        for set_cookie in ["a=1; Max-Age=99999999999", "a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT"] {
            let jar = jar("/", set_cookie);
            let (expires, _) = jar.0[0].expiry.as_ref().unwrap();
            assert!(*expires <= now + MAX_AGE_LIMIT + Duration::from_secs(60), "{set_cookie}");
        }
    }

    #[test]
    fn a_cookie_replaces_and_removes_the_cookie_of_the_same_name_and_path() {
        let mut jar = jar("/", "a=1; Path=/");
        let mut store = |set_cookie: &str| {
            jar.store(set_cookie, &Target::parse("/"), &Clock::default());
            jar.header(&Target::parse("/admin/users"))
        };
        assert_eq!(store("a=2; Path=/"), "a=2");
        assert_eq!(store("a=3; Path=/admin"), "a=3; a=2", "longer paths first");
        assert_eq!(store("a=; Path=/; Max-Age=0"), "a=3");
        assert_eq!(store("b=4; Path=/"), "a=3; b=4");
    }

    #[test]
    fn a_response_from_an_address_replaces_and_removes_a_cookie_of_an_unknown_host() {
        for (first, second) in [("/", SHOP), (SHOP, "/")] {
            let mut jar = jar(first, "a=1; Path=/");
            jar.store("a=2; Path=/", &Target::parse(second), &Clock::default());
            assert_eq!(jar.header(&Target::parse(SHOP)), "a=2", "{first} {second}");
            jar.store("a=; Path=/; Max-Age=0", &Target::parse(first), &Clock::default());
            assert_eq!(jar.names(), Vec::<&str>::new(), "{first} {second}");
        }
    }

    #[test]
    fn a_secure_cookie_is_stored_and_sent_only_over_https_or_on_this_machine() {
        let secure = "a=1; Secure; Path=/";
        for address in
            ["/", SHOP, "http://localhost/", "http://127.0.0.1:3000/", "http://[::1]/", "http://a.localhost/"]
        {
            assert!(is_sent(secure, address, "/"), "stored: {address}");
            assert!(is_sent(secure, "/", address), "sent: {address}");
        }
        assert!(!is_sent(secure, "http://shop.example/", "/"));
        assert!(!is_sent(secure, "/", "http://shop.example/"));
        assert!(is_sent("a=1; Path=/", "http://shop.example/", SHOP));
    }

    #[test]
    fn a_cookie_is_sent_to_its_path_and_below() {
        for (path, to, expected) in [
            ("/", "/any", true),
            ("/admin", "/admin", true),
            ("/admin", "/admin/users", true),
            ("/admin", "/administrators", false),
            ("/admin/", "/admin", false),
            ("/admin", "/", false),
        ] {
            assert_eq!(is_sent(&format!("a=1; Path={path}"), "/", to), expected, "{path} to {to}");
        }
        assert!(is_sent("a=1", "/admin/login", "/admin/users"), "the folder of the response");
        assert!(!is_sent("a=1", "/admin/login", "/shop"));
        assert!(is_sent("a=1; Path=relative", "/login", "/shop"));
    }

    #[test]
    fn a_cookie_is_sent_to_its_host_or_its_domain() {
        let (shop, other) = ("https://www.shop.example/", "https://other.example/");
        assert!(is_sent("a=1", shop, "https://WWW.shop.example./"));
        assert!(!is_sent("a=1", shop, SHOP), "without a domain, only to the same host");
        assert!(!is_sent("a=1", SHOP, shop));
        let domain = "a=1; Domain=.shop.example; Path=/";
        assert!(is_sent(domain, shop, SHOP) && is_sent(domain, SHOP, shop));
        assert!(!is_sent(domain, SHOP, "https://myshop.example/"));
        assert!(!is_sent(domain, other, SHOP), "a host sets no cookie of another domain");
        assert!(is_sent(domain, "/", SHOP) && is_sent(domain, SHOP, "/"), "a path has no host");
    }

    #[test]
    fn a_cookie_that_browsers_reject_is_ignored() {
        let long = format!("a={}; Path=/", "x".repeat(MAX_COOKIE_BYTES));
        for rejected in [
            "__Host-id=1; Path=/",
            "__Host-id=1; Secure",
            "__Host-id=1; Secure; Path=/admin",
            "__host-id=1; Secure; Path=/; Domain=shop.example",
            "__Secure-id=1; Path=/",
            "no value",
            &long,
        ] {
            assert!(!is_sent(rejected, SHOP, SHOP), "{rejected:.40}");
        }
        for accepted in ["__Host-id=1; Secure; Path=/", "__Secure-id=1; Secure; Domain=shop.example", "a="] {
            assert!(is_sent(accepted, SHOP, SHOP), "{accepted}");
        }
    }
}
