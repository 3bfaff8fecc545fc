//! The trait that each measured library implements.

use crate::CookieJar;

/// A library with its middleware and a store. It serves these paths:
///
/// | path | handler |
/// | --- | --- |
/// | `/bare` | empty, in a router without the middleware |
/// | `/unused` | takes the session, but does not use it |
/// | `/read` | reads [`TEXT`](crate::TEXT) as a `String`; fails if it is absent |
/// | `/write` | sets [`TEXT`](crate::TEXT) to a [unique text](crate::unique_text) |
/// | `/both` | `/read`, then `/write` |
/// | `/login` | rotates the token or the id, then `/write` |
/// | `/seed/K` | sets the `K` keys of [`each_key`](crate::each_key) |
#[expect(async_fn_in_trait, reason = "the runtime has one thread")]
pub trait Subject {
    type Response;

    /// Handles a request. If `cookies` is empty, it has no `Cookie` header.
    async fn call(&self, path: &str, cookies: &str) -> Self::Response;

    fn is_ok(response: &Self::Response) -> bool;

    /// Returns the values of the `Set-Cookie` headers.
    fn set_cookies(response: &Self::Response) -> Vec<String>;

    /// Returns true if the store accepts a session of this many keys. Other sizes have no rows.
    fn supports(&self, _keys: usize) -> bool {
        true
    }

    /// Returns true if this path can be measured. Other paths have no rows.
    fn has_path(&self, _path: &str) -> bool {
        true
    }
}

/// The measured paths. A row has the name of its path.
pub const PATHS: [&str; 5] = ["/unused", "/read", "/write", "/both", "/login"];

/// Sends one request and ignores its cookies.
pub async fn call<S: Subject>(subject: &S, path: &str, cookies: &str) {
    let response = subject.call(path, cookies).await;
    assert!(S::is_ok(&response), "{path} failed");
}

/// Sends one request and stores its cookies, as a browser does.
pub async fn follow<S: Subject>(subject: &S, path: &str, jar: &mut CookieJar) {
    let response = subject.call(path, &jar.to_header()).await;
    assert!(S::is_ok(&response), "{path} failed");
    S::set_cookies(&response).iter().for_each(|cookie| jar.store(cookie));
}

/// Creates a session of `keys` keys.
pub async fn seed<S: Subject>(subject: &S, keys: usize) -> CookieJar {
    let mut jar = CookieJar::default();
    follow(subject, &format!("/seed/{keys}"), &mut jar).await;
    jar
}
