//! The page to which a login leads: `?next=/admin`.

use axum::http::{Method, request::Parts};

/// Returns the URL of the login form for a request without a user.
pub(crate) fn login_url(parts: &Parts) -> String {
    // A browser cannot repeat a form after the login.
    let page = if parts.method == Method::GET { parts.uri.path_and_query() } else { None };
    let encoded = page.map_or("/", |page| page.as_str()).bytes().map(|byte| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    format!("/login?next={}", encoded.collect::<String>())
}

/// Returns a path of this application. Everything else becomes `/`: a link to the login form must not lead to another site.
pub(crate) fn check(next: &str) -> &str {
    // Browsers read `\` as `/`, and ignore tabs and line breaks. `//example.org` is another site.
    let is_path = next.starts_with('/') && !next.starts_with("//");
    if is_path && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') { next } else { "/" }
}

#[cfg(test)]
#[test]
fn only_paths_of_this_application_are_accepted() {
    for path in ["/", "/admin", "/admin?page=2&of=/3", "/%2F/example.org"] {
        assert_eq!(check(path), path);
    }
    for other in
        ["", "admin", "//example.org", "/\\example.org", "\\/a", "/\t/example.org", "/\n/a", "https://example.org"]
    {
        assert_eq!(check(other), "/", "{other:?}");
    }
}
