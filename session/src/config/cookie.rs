//! The name and the attributes of the two cookies.

use cookie::{Cookie, SameSite as RawSameSite};

use crate::error::Error;

/// The name and the attributes of the two cookies.
///
/// The defaults are the strictest ones that work for web sites: `__Host-id`, `Secure`, `HttpOnly`, `SameSite=Lax`,
/// `Path=/` (OWASP ASVS 5.0, 3.3.1 to 3.3.4). The prefix of the name follows from the attributes, so that browsers accept
/// it: `__Host-` if the cookie is secure, for every path and for this host only; otherwise `__Secure-`, or none.
///
/// ```
/// use session::CookieConfig;
///
/// let cookies = CookieConfig::new();
/// assert_eq!(cookies.session_cookie_name(), "__Host-id");
/// assert_eq!(cookies.state_cookie_name(), "__Host-id-state");
/// let shared = CookieConfig::new().name("shop")?.domain("example.com")?;
/// assert_eq!(shared.session_cookie_name(), "__Secure-shop");
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CookieConfig {
    stem: String,
    domain: Option<String>,
    path: String,
    secure: bool,
    same_site: SameSite,
    partitioned: bool,
}

/// The cross-site requests with which browsers send the cookies. A first protection against request forgery (CSRF).
///
/// A *site* is a registrable domain with all its subdomains and ports. No value therefore keeps a sibling subdomain or
/// another port of the host out. Its forms and scripts reach the application with the user's session, in every engine.
/// Refuse requests that change something unless `Sec-Fetch-Site` is `same-origin` or `none`. The
/// page [`request_forgery`](crate::docs::request_forgery) has layers that do this, and tokens for forms.
#[doc(alias = "CSRF")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// None: a user who follows a link from another site arrives without a session.
    ///
    /// If that page then writes to its session, the new cookie replaces the user's cookie, and the user is logged out. A
    /// reload after such a link still sends no cookie. So pages that other sites link to must not write. This is the same
    /// in Chromium, Firefox and WebKit.
    Strict,
    /// Links from other sites. A POST from another site arrives without the cookies.
    ///
    /// The browser keeps the cookies of the response to such a POST. If it wrote to a session, the new session replaces the
    /// user's.
    #[default]
    Lax,
    /// All requests. The application needs its own protection against request forgery (CSRF). Browsers reject such a cookie
    /// unless it is secure (RFC 6265bis, 5.7), so with `secure(false)` this is `Lax`.
    None,
}

impl CookieConfig {
    /// Creates the default: `__Host-id`, `Secure`, `HttpOnly`, `SameSite=Lax`, `Path=/`.
    pub fn new() -> Self {
        let (secure, same_site) = (true, SameSite::Lax);
        Self { stem: "id".into(), domain: None, path: "/".into(), secure, same_site, partitioned: false }
    }

    /// Sets the name without its prefix. Default: `id`, which does not reveal the framework.
    ///
    /// Browsers ignore the port of a cookie, `__Host-` or not (RFC 6265bis, 8.5). Two applications on one host, such as two
    /// projects on `localhost`, log each other's users out unless they have different names.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the name is empty, is not a token (RFC 9110), or already has a prefix.
    pub fn name(self, stem: &str) -> Result<Self, Error> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if stem.is_empty() || !stem.bytes().all(is_token) {
            return Err(Error::config("a cookie name consists of ASCII letters, digits and !#$%&'*+-.^_`|~"));
        }
        if stem.starts_with("__") {
            return Err(Error::config(
                "remove the prefix of the cookie name: it follows from domain, path and `secure`",
            ));
        }
        Ok(Self { stem: stem.into(), ..self })
    }

    /// Sets the `Domain` attribute: every subdomain then receives the cookies. Default: none, only this host.
    ///
    /// With a domain, every host of the domain can read and set the cookies.
    ///
    /// After a change of the domain, browsers that still have the earlier cookies send both. The cookies issued last are
    /// used, so users stay logged in and can log in. A removal reaches only the cookies with the new domain: after a
    /// logout, the earlier cookie opens nothing, but client state from before the change can come back until it expires.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the domain has characters other than ASCII letters, digits, `-` and `.`.
    pub fn domain(self, domain: &str) -> Result<Self, Error> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        if domain.is_empty() || !domain.bytes().all(is_host) {
            return Err(Error::config("a cookie domain consists of ASCII letters, digits, `-` and `.`"));
        }
        Ok(Self { domain: Some(domain.into()), ..self })
    }

    /// Sets the path for which browsers send the cookies. Default: `/`.
    ///
    /// A path is no protection: other paths of the host can read and set the cookies. A change has the same consequences as
    /// one of the [`domain`](Self::domain).
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the path does not start with `/`, or contains `;` or characters
    /// other than printable ASCII.
    pub fn path(self, path: &str) -> Result<Self, Error> {
        if !path.starts_with('/') || path.bytes().any(|byte| byte == b';' || !(b' '..=b'~').contains(&byte)) {
            return Err(Error::config("a cookie path starts with `/` and is printable ASCII without `;`"));
        }
        Ok(Self { path: path.into(), ..self })
    }

    /// Sets whether browsers send the cookies only over https. Default: true.
    ///
    /// Use `false` for plain http on a local network, and for development in Safari. Over plain http, Chromium and Firefox
    /// keep secure cookies from `localhost` and `127.0.0.1`. WebKit (Safari, GNOME Web, every browser on iOS) drops them
    /// there too, so each request starts a new session. If a request shows this, one warning is logged. A browser that
    /// sends neither `Origin` nor `Referer` cannot be recognized.
    ///
    /// `false` costs more than the attribute. The names have no prefix, so other hosts and the network can plant cookies.
    /// WebKit shows pages from before a logout with the back button over plain http, even with `Cache-Control: no-store`.
    #[must_use]
    pub fn secure(self, secure: bool) -> Self {
        Self { secure, ..self }
    }

    /// Sets the cross-site requests with which browsers send the cookies. Default: [`SameSite::Lax`].
    #[must_use]
    #[doc(alias = "CSRF")]
    pub fn same_site(self, same_site: SameSite) -> Self {
        Self { same_site, ..self }
    }

    /// Sets whether the cookies are partitioned by the site of the top-level page (CHIPS). Default: false.
    ///
    /// For an application in frames of other sites, with [`SameSite::None`]: browsers that block third-party cookies keep
    /// partitioned ones. A user then has one session for each site that embeds the application. `Partitioned` requires
    /// `Secure`, so with `secure(false)` it has no effect. Browsers without support ignore it.
    ///
    /// After a change, browsers can send the earlier cookies too. The cookies issued last are used.
    ///
    /// ```
    /// use session::{CookieConfig, SameSite};
    ///
    /// let embedded = CookieConfig::new().same_site(SameSite::None).partitioned(true);
    /// assert_eq!(embedded.session_cookie_name(), "__Host-id");
    /// ```
    #[must_use]
    #[doc(alias = "CHIPS")]
    pub fn partitioned(self, partitioned: bool) -> Self {
        Self { partitioned, ..self }
    }

    /// Returns the full name of the session cookie.
    pub fn session_cookie_name(&self) -> String {
        format!("{}{}", self.prefix(), self.stem)
    }

    /// Returns the full name of the state cookie.
    pub fn state_cookie_name(&self) -> String {
        format!("{}{}-state", self.prefix(), self.stem)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn path_text(&self) -> &str {
        &self.path
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Returns true if the names have the prefix `__Host-`.
    pub(crate) fn is_host_only(&self) -> bool {
        self.prefix() == "__Host-"
    }

    fn prefix(&self) -> &'static str {
        match (self.secure, &self.domain, &*self.path) {
            (true, None, "/") => "__Host-",
            (true, ..) => "__Secure-",
            (false, ..) => "",
        }
    }

    /// Returns the text after name and value: `; HttpOnly; SameSite=Lax; Secure; Path=/`.
    pub(crate) fn attributes(&self) -> String {
        let mut cookie = Cookie::build(("", "")).path(&*self.path).secure(self.secure).http_only(true).build();
        // Browsers reject `Partitioned` without `Secure`.
        cookie.set_partitioned(self.partitioned && self.secure);
        cookie.set_same_site(match self.same_site {
            SameSite::Strict => RawSameSite::Strict,
            SameSite::None if self.secure => RawSameSite::None,
            SameSite::Lax | SameSite::None => RawSameSite::Lax,
        });
        if let Some(domain) = &self.domain {
            cookie.set_domain(&**domain);
        }
        cookie.to_string().trim_start_matches('=').to_owned()
    }
}

impl Default for CookieConfig {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_follows_from_domain_path_and_secure() {
        let name = |config: CookieConfig| config.session_cookie_name();
        assert_eq!(name(CookieConfig::new()), "__Host-id");
        assert_eq!(name(CookieConfig::new().path("/app").unwrap()), "__Secure-id");
        assert_eq!(name(CookieConfig::new().domain("example.com").unwrap()), "__Secure-id");
        assert_eq!(name(CookieConfig::new().secure(false)), "id");
    }

    #[test]
    fn settings_that_browsers_reject_are_errors() {
        for name in ["", "a b", "a;b", "a=b", "é", "__Host-id", "__Secure-id"] {
            assert!(CookieConfig::new().name(name).is_err(), "{name:?}");
        }
        for domain in ["", "a b", "a;b", "exämple.com"] {
            assert!(CookieConfig::new().domain(domain).is_err(), "{domain:?}");
        }
        for path in ["", "app", "/a;b", "/\n"] {
            assert!(CookieConfig::new().path(path).is_err(), "{path:?}");
        }
    }
}
