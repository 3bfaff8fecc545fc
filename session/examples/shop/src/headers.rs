//! Response headers that protect the pages in the browser.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// The pages have no scripts and no inline styles, and no site may show them in a frame.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
);

/// Limits what a page can load, and forbids browsers to guess the type of a file.
pub async fn protect(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Keeps private pages out of the browser's cache, so that the back button does not show them after a logout. WebKit obeys
/// only over HTTPS. Chromium may still show a page whose session another device deleted, until its next request.
pub async fn forbid_caching(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
