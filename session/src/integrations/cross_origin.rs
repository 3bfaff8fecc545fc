//! The rule against requests of other origins (CSRF), for every framework.

/// Returns true if a browser sent this request from a page of another origin, and its method can change something (CSRF).
/// Respond with status 403 then, before a handler runs.
///
/// `header` returns the value of a request header by its lower-case name. The rule is the one of Go's
/// `CrossOriginProtection` and of the `CsrfLayer` of tower-http, which is the simplest way to protect an application of axum or
/// tower:
///
/// 1. `GET`, `HEAD` and `OPTIONS` are accepted. Their handlers must not change anything.
/// 2. If there is a `Sec-Fetch-Site` header, `same-origin` and `none` are accepted. Everything else is refused: also
///    `same-site`, because sibling subdomains and other ports may belong to somebody else.
/// 3. Otherwise, if there is an `Origin` header, its host and port must be equal to `host`.
/// 4. A request without both headers is accepted: browsers send `Origin` with the forms and scripts of other origins.
///
/// `host` is the authority of the request's URI, or else of its `Host` header, and includes the port. A proxy must pass it on
/// unchanged.
///
/// ```
/// use http::Request;
///
/// /// Other origins whose forms and scripts this application accepts.
/// const TRUSTED_ORIGINS: [&str; 1] = ["https://pay.example"];
///
/// fn is_forged<B>(request: &Request<B>) -> bool {
///     let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes());
///     let host = request.uri().authority().map(|host| host.as_str().as_bytes()).or(header("host"));
///     let is_trusted = || TRUSTED_ORIGINS.iter().any(|origin| header("origin") == Some(origin.as_bytes()));
///     session::is_cross_origin(request.method().as_str(), host, header) && !is_trusted()
/// }
///
/// let post = || Request::post("/cart").header("host", "shop.example");
/// assert!(!is_forged(&post().header("sec-fetch-site", "same-origin").body(())?));
/// assert!(is_forged(&post().header("sec-fetch-site", "same-site").body(())?));
/// assert!(is_forged(&post().header("origin", "https://attacker.example").body(())?));
/// assert!(!is_forged(&post().header("origin", "https://pay.example").body(())?));
/// # Ok::<(), http::Error>(())
/// ```
///
/// The documentation of `session::actix` (by feature) has a middleware for actix-web, and the page
/// [`request_forgery`](crate::docs::request_forgery) compares this rule with tokens in forms.
#[doc(alias = "CSRF")]
#[doc(alias = "XSRF")]
#[doc(alias = "CrossOriginProtection")]
pub fn is_cross_origin<'r>(
    method: &str,
    host: Option<&[u8]>,
    header: impl Fn(&'static str) -> Option<&'r [u8]>,
) -> bool {
    if matches!(method, "GET" | "HEAD" | "OPTIONS") {
        return false;
    }
    let header = |name| header(name).filter(|value| !value.is_empty());
    match (header("sec-fetch-site"), header("origin")) {
        // Browsers send it over https, and to the local machine. `none` is the user: a typed address or a bookmark.
        (Some(site), _) => site != b"same-origin" && site != b"none",
        (None, Some(origin)) => {
            let page = origin.strip_prefix(b"https://").or(origin.strip_prefix(b"http://"));
            page.is_none() || page != host
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(method: &str, headers: &[(&str, &'static str)]) -> bool {
        let header = |name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_bytes());
        is_cross_origin(method, Some(b"shop.example:8443"), header)
    }

    #[test]
    fn safe_methods_are_accepted_from_everywhere() {
        let elsewhere = [("sec-fetch-site", "cross-site"), ("origin", "https://attacker.example")];
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(!is_refused(method, &elsewhere), "{method}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "PURGE"] {
            assert!(is_refused(method, &elsewhere), "{method}");
        }
    }

    #[test]
    fn sec_fetch_site_decides_if_it_is_there() {
        let own = ("origin", "https://shop.example:8443");
        for (site, refused) in
            [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true), ("other", true)]
        {
            assert_eq!(is_refused("POST", &[("sec-fetch-site", site)]), refused, "{site}");
            assert_eq!(is_refused("POST", &[("sec-fetch-site", site), own]), refused, "{site} with its own origin");
            assert_eq!(
                is_refused("POST", &[("sec-fetch-site", site), ("origin", "null")]),
                refused,
                "{site} with null"
            );
        }
    }

    #[test]
    fn without_sec_fetch_site_the_origin_must_be_the_host() {
        for (origin, refused) in [
            ("https://shop.example:8443", false),
            ("http://shop.example:8443", false),
            ("https://shop.example", true),
            ("https://shop.example:8443.attacker.example", true),
            ("https://attacker.example", true),
            ("ftp://shop.example:8443", true),
            ("shop.example:8443", true),
            ("null", true),
        ] {
            assert_eq!(is_refused("POST", &[("origin", origin)]), refused, "{origin}");
        }
        assert!(is_cross_origin("POST", None, |name| (name == "origin").then_some(b"https://shop.example")));
    }

    #[test]
    fn a_client_that_is_no_browser_is_accepted() {
        assert!(!is_refused("POST", &[("user-agent", "curl")]));
    }

    #[test]
    fn an_empty_header_counts_as_missing() {
        assert!(!is_refused("POST", &[("sec-fetch-site", ""), ("origin", "")]));
        assert!(!is_refused("POST", &[("sec-fetch-site", ""), ("origin", "https://shop.example:8443")]));
        assert!(is_refused("POST", &[("sec-fetch-site", ""), ("origin", "https://attacker.example")]));
    }
}
