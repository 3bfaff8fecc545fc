//! Tokens against request forgery (CSRF), for the forms of an application.

use crate::cookie::csrf_secret::{self, CsrfSecret};
use crate::error::Error;
use crate::session::handle::Session;

/// Request forgery (CSRF).
impl Session {
    /// Returns a token for the forms of this response, against request forgery (CSRF). No I/O: nothing is stored.
    ///
    /// Send it in a hidden field of the form, or in a header of a script. The handler of the form calls
    /// [`verify_csrf`](Self::verify_csrf). Other sites cannot read the page, so they do not know the token.
    ///
    /// - It is bound to the session and its login. [`log_in`](Self::log_in), [`cycle_id`](Self::cycle_id),
    ///   [`set_lifetime`](Self::set_lifetime) and a logout make it invalid; [`renew_token`](Self::renew_token) does not.
    /// - It may be called before or after them in a request. The token of the response is valid in both cases.
    /// - A visitor without a session gets a secret in the state cookie, and no session is created. If a form of the visitor
    ///   creates the session, the other open forms stay valid.
    /// - Each call returns a different text, because compressed responses could reveal a constant one (BREACH).
    ///
    /// The page [`request_forgery`](crate::docs::request_forgery) describes a layer that protects all routes without tokens.
    ///
    /// ```
    /// # use session::{ErrorKind, SecretKey, Session, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// fn show_form(session: &Session) -> Result<String, session::Error> {
    ///     let token = session.csrf_token()?; // its characters need no escaping in HTML and URLs
    ///     Ok(format!(r#"<form method="post"><input type="hidden" name="csrf" value="{token}">…</form>"#))
    /// }
    ///
    /// /// Returns true if the form was saved. The handler responds with 403 if not.
    /// async fn save(session: &mut Session, csrf: &str, name: &str) -> Result<bool, session::Error> {
    ///     if !session.verify_csrf(csrf) {
    ///         return Ok(false);
    ///     }
    ///     session.insert("name", name).await?;
    ///     Ok(true)
    /// }
    /// # let (visit, mut cookies) = (manager.open(&http::HeaderMap::new()), http::HeaderMap::new());
    /// # let page = show_form(&visit)?;
    /// # let token = page.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    /// # visit.finalize(&mut cookies).await?;
    /// # let cookie = cookies["set-cookie"].to_str().unwrap().split(';').next().unwrap().parse().unwrap();
    /// # let mut session = manager.open(&[(http::header::COOKIE, cookie)].into_iter().collect());
    /// # assert!(!save(&mut session, "forged", "Ada").await? && save(&mut session, token, "Ada").await?);
    /// # session.finalize(&mut http::HeaderMap::new()).await?;
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NoBrowser`](crate::ErrorKind::NoBrowser): the session was opened by its id.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized, and its browser has no secret.
    #[doc(alias = "CSRF")]
    #[doc(alias = "XSRF")]
    #[doc(alias = "authenticity_token")]
    pub fn csrf_token(&self) -> Result<String, Error> {
        let random = CsrfSecret::random();
        let secrets = self.inner().state().csrf_secrets(random)?;
        Ok(csrf_secret::encode(secrets))
    }

    /// Returns true if a form or a script of this application sent the request: `token` is a
    /// [`csrf_token`](Self::csrf_token) of the browser's session. No I/O.
    ///
    /// It is checked against the cookies of the request, in constant time. Changes of this request have no effect, so a
    /// handler may call it before or after [`log_in`](Self::log_in).
    ///
    /// It returns true for each request with the header [transport](crate::Transport), whatever `token` is: browsers add no
    /// header to forged requests. Do not combine `Authorization: Bearer` with HTTP Basic authentication on one host, because
    /// browsers add that header themselves. It returns false for a session opened by its id, which has no request.
    #[doc(alias = "CSRF")]
    #[doc(alias = "XSRF")]
    #[must_use]
    pub fn verify_csrf(&self, token: &str) -> bool {
        self.inner().state().verify_csrf(token)
    }
}
