//! A browser's cookies.

/// The cookies that one browser sends.
#[derive(Clone, Default)]
pub struct CookieJar {
    cookies: Vec<(String, String)>,
}

impl CookieJar {
    /// Stores the cookie of a `Set-Cookie` header.
    pub fn store(&mut self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').expect("a cookie has a name");
        self.cookies.retain(|(old, _)| old != name.trim());
        self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
    }

    /// Returns the value of the `Cookie` header.
    pub fn to_header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}
