//! Detection of plain-http requests, for which browsers drop secure cookies.

use http::{HeaderMap, header};

/// Returns true if the browser drops secure cookies from this server: its own headers show a plain-http page, and the
/// host is not the local machine.
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

    #[test]
    fn plain_http_is_detected_only_where_browsers_drop_the_cookie() {
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
