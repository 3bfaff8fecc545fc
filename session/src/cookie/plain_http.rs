//! Detection of plain-http requests, for which browsers drop secure cookies.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::uri::Authority;
use http::{HeaderName, header};

static FORWARDED: HeaderName = header::FORWARDED;
static HOST: HeaderName = header::HOST;
static ORIGIN: HeaderName = header::ORIGIN;
static REFERER: HeaderName = header::REFERER;
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static UPGRADE_INSECURE_REQUESTS: HeaderName = header::UPGRADE_INSECURE_REQUESTS;
static USER_AGENT: HeaderName = header::USER_AGENT;
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The headers of a proxy. Any of them shows that this server does not see the browser's own connection.
static PROXY_HEADERS: [HeaderName; 5] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

/// Returns the first value of a request header.
pub(crate) type Lookup<'a, 'r> = &'a dyn Fn(&'static HeaderName) -> Option<&'r [u8]>;

/// Returns true if the browser drops secure cookies from this server.
///
/// The connection proves nothing, because a server behind a TLS proxy sees plain http for https. Only headers of the
/// browser itself count:
///
/// - `Origin` or `Referer` is a plain-http page of this host. Every engine then drops the cookies, except that Chromium and
///   Firefox keep those of this machine. WebKit does not.
/// - With `Referrer-Policy: no-referrer` there is no `Referer`, and the `Origin` of a form is `null`. Then a missing
///   `Sec-Fetch-Site` counts: current browsers send it over https.
///
/// A request without all of them proves nothing: behind a TLS proxy, bots with the `User-Agent` of a browser look the same.
pub(crate) fn drops_secure_cookies(request: Lookup<'_, '_>) -> bool {
    let [origin, referer] = [&ORIGIN, &REFERER].map(|name| text(request, name));
    let Some(page) = origin.filter(|origin| *origin != "null").or(referer) else {
        return origin.is_some() && is_form_without_origin(request);
    };
    let Some(host) = text(request, &HOST) else { return false };
    if !is_plain_http_page(page, host) || is_forwarded_https(request) {
        return false;
    }
    // With `Sec-Fetch-Site`, a request to another machine was sent over https, by a link of the plain-http page.
    if is_this_machine(host) { is_webkit(request) } else { !is_present(request, &SEC_FETCH_SITE) }
}

fn text<'r>(request: Lookup<'_, 'r>, name: &'static HeaderName) -> Option<&'r str> {
    std::str::from_utf8(request(name)?).ok()
}

fn is_present(request: Lookup<'_, '_>, name: &'static HeaderName) -> bool {
    request(name).is_some()
}

/// Returns true if an `Origin` or a `Referer` is `http://` and this host.
fn is_plain_http_page(page: &str, host: &str) -> bool {
    page.strip_prefix("http://").and_then(|rest| rest.split('/').next()) == Some(host)
}

fn is_forwarded_https(request: Lookup<'_, '_>) -> bool {
    let has = |name, part| text(request, name).is_some_and(|value| value.to_ascii_lowercase().contains(part));
    has(&X_FORWARDED_PROTO, "https") || has(&FORWARDED, "proto=https")
}

/// Returns true if the host is a name or an address of the local machine. `127.0.0.1.nip.io` is neither.
fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    // A final dot marks a name as absolute.
    let name = name.strip_suffix('.').unwrap_or(name);
    let v6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        || v6.is_some_and(|name| name.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()))
}

/// Returns true for Safari, GNOME Web and every browser on iOS.
fn is_webkit(request: Lookup<'_, '_>) -> bool {
    text(request, &USER_AGENT).is_some_and(|agent| {
        agent.contains("AppleWebKit/") && !agent.contains("Chrome/") && !agent.contains("Chromium/")
    })
}

/// Returns true if a current browser submitted a form with `Origin: null` over plain http, and no proxy is in between.
fn is_form_without_origin(request: Lookup<'_, '_>) -> bool {
    is_present(request, &UPGRADE_INSECURE_REQUESTS)
        && !is_present(request, &SEC_FETCH_SITE)
        && PROXY_HEADERS.iter().all(|name| !is_present(request, name))
        && text(request, &USER_AGENT).is_some_and(sends_sec_fetch_site)
        && text(request, &HOST).is_some_and(|host| !is_this_machine(host))
}

/// Returns true if this browser sends `Sec-Fetch-Site` with every request over https.
fn sends_sec_fetch_site(agent: &str) -> bool {
    [("Chrome/", 80), ("Firefox/", 90)].iter().any(|(name, since)| {
        let version = agent.split(name).nth(1).and_then(|rest| rest.split(['.', ' ']).next());
        version.and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| version >= *since)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROMIUM: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
    const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15";
    const CHROME_ON_IOS: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1";

    fn warns(headers: &[(&str, &str)]) -> bool {
        drops_secure_cookies(&|name| {
            headers.iter().find(|(other, _)| *name == *other).map(|(_, value)| value.as_bytes())
        })
    }

    #[test]
    fn plain_http_is_detected_only_where_browsers_drop_the_cookie() {
        let request = |host: &str, origin: &str| warns(&[("host", host), ("origin", origin), ("user-agent", CHROMIUM)]);
        for host in ["192.168.1.5:3000", "shop.local", "127.0.0.1.nip.test", "127.example", "localhost.example"] {
            assert!(request(host, &format!("http://{host}")), "{host}");
            assert!(!request(host, &format!("https://{host}")), "{host}");
        }
        assert!(!request("shop.example", "http://elsewhere.example"), "a link from a plain-http page elsewhere");
        assert!(!request("shop.example", "http://shop.example.org"), "the host is a prefix of the page's");
        for local in
            ["localhost:3000", "localhost.", "shop.localhost", "shop.localhost.:80", "127.0.0.2:3000", "[::1]:3000"]
        {
            assert!(!request(local, &format!("http://{local}")), "{local}");
        }
        assert!(!warns(&[]));
    }

    #[test]
    fn webkit_drops_secure_cookies_on_this_machine_too() {
        for host in ["localhost:3000", "localhost.", "shop.localhost", "127.0.0.1:3000", "[::1]:3000"] {
            let page = format!("http://{host}/cart");
            let request = |agent| warns(&[("host", host), ("referer", &page), ("user-agent", agent)]);
            for (agent, is_dropped) in
                [(SAFARI, true), (CHROME_ON_IOS, true), (CHROMIUM, false), (FIREFOX, false), ("curl/8", false)]
            {
                assert_eq!(request(agent), is_dropped, "{host}, {agent}");
            }
            assert!(!warns(&[("host", host), ("user-agent", SAFARI)]), "it may be behind a TLS proxy");
            let page = format!("https://{host}");
            assert!(!warns(&[("host", host), ("origin", &page), ("user-agent", SAFARI)]), "behind a TLS proxy");
        }
    }

    #[test]
    fn a_link_from_plain_http_to_https_on_one_host_is_not_plain_http() {
        let link = [("host", "shop.example"), ("referer", "http://shop.example/start"), ("user-agent", CHROMIUM)];
        assert!(warns(&link));
        for sign in
            [("sec-fetch-site", "cross-site"), ("x-forwarded-proto", "https"), ("forwarded", "for=a;proto=HTTPS")]
        {
            assert!(!warns(&[&link[..], &[sign]].concat()), "{sign:?}");
        }
        assert!(warns(&[&link[..], &[("x-forwarded-proto", "http")]].concat()), "a proxy without TLS");
    }

    #[test]
    fn a_form_without_referrer_is_detected_and_never_behind_a_tls_proxy() {
        let form = |agent| {
            [
                ("host", "192.168.1.5:3000"),
                ("origin", "null"),
                ("upgrade-insecure-requests", "1"),
                ("user-agent", agent),
            ]
        };
        assert!(warns(&form(CHROMIUM)) && warns(&form(FIREFOX)));
        assert!(!warns(&form("Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0")), "never sends it");
        assert!(!warns(&form(SAFARI)), "older versions never send it");
        assert!(!warns(&form("python-requests/2")));
        let over_tls = ("sec-fetch-site", "same-origin");
        for sign in PROXY_HEADERS.iter().map(|name| (name.as_str(), "x")).chain([over_tls]) {
            assert!(!warns(&[&form(CHROMIUM)[..], &[sign]].concat()), "{sign:?}");
        }
        let local = [
            ("host", "127.0.0.1:3000"),
            ("origin", "null"),
            ("upgrade-insecure-requests", "1"),
            ("user-agent", CHROMIUM),
        ];
        assert!(!warns(&local), "the upstream address, if a proxy does not pass the host on");
        let typed = [("host", "192.168.1.5:3000"), ("upgrade-insecure-requests", "1"), ("user-agent", CHROMIUM)];
        assert!(!warns(&typed), "a bot behind a TLS proxy sends the same");
    }
}
