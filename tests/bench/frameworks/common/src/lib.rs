//! Measures one application without sessions, and with the session middleware.
//!
//! Both applications have the route `GET /untouched`, whose handler responds with [`BODY`] and uses no session.

use std::hint::black_box;

use bench_common::{Bench, CookieJar};
use http::{HeaderMap, header};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};

/// The body of the response.
pub const BODY: &str = "hello";
pub const PATH: &str = "/untouched";
/// The session of the request has one key.
pub const KEYS: usize = 1;

/// Returns a manager with sessions in memory.
pub fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

/// Creates a session, and returns the `Cookie` header of its browser.
pub async fn session_cookies(manager: &SessionManager) -> String {
    let mut session = manager.open(&HeaderMap::new());
    session.insert("a", 1).await.expect("stored");
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.expect("committed");
    let mut jar = CookieJar::default();
    for cookie in response.get_all(header::SET_COOKIE) {
        jar.store(cookie.to_str().expect("a cookie is ASCII"));
    }
    jar.to_header()
}

/// Measures requests without cookies and with a session cookie, to both applications.
///
/// A call takes the value of the `Cookie` header, or an empty text for a request without cookies. It returns the response,
/// so that both applications drop it at the same time.
pub async fn compare<R, S>(
    bench: &Bench,
    framework: &str,
    cookies: &str,
    bare: impl AsyncFn(&str) -> R,
    with_sessions: impl AsyncFn(&str) -> S,
) {
    for (suffix, cookies) in [("no cookie", ""), ("session cookie", cookies)] {
        let row = format!("bare, {suffix}");
        bench.measure(framework, &row, KEYS, async || drop(black_box(bare(cookies).await))).await;
        let row = format!("sessions, {suffix}");
        bench.measure(framework, &row, KEYS, async || drop(black_box(with_sessions(cookies).await))).await;
    }
}
