//! The cookies of one browser.

/// The cookies of one browser, as its requests send them.
#[derive(Clone, Default)]
pub struct Jar {
    cookies: Vec<(String, String)>,
}

impl Jar {
    /// Takes what a `Set-Cookie` header says.
    pub fn take(&mut self, set_cookie: &str) {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').expect("a cookie has a name");
        self.cookies.retain(|(old, _)| old != name.trim());
        self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
    }

    /// The value of the `Cookie` header.
    pub fn header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}
