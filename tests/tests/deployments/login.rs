//! A login in an application, as the users of a deployment see it.

use session::store::SessionStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};
use session_tests::Browser;

#[derive(SessionSchema)]
#[allow(dead_code, reason = "a schema is never instantiated")]
struct Visitor {
    #[session(index)]
    user: u64,
}

/// An application on one store.
pub(super) struct Application {
    pub(super) manager: SessionManager,
}

impl Application {
    pub(super) fn new(store: impl SessionStore + 'static, key: &SecretKey) -> Self {
        let config = SessionConfig::new(key.clone()).index(Visitor::USER);
        Self { manager: SessionManager::new(store, config) }
    }

    /// Logs a user in, and stores a value that does not fit into one row.
    pub(super) async fn log_in(&self, user: u64) -> Result<Browser, session::Error> {
        let mut browser = Browser::default();
        let mut session = self.manager.open(&browser.request());
        session.log_in(Visitor::USER, user).await?;
        session.insert("cart", "x".repeat(20_000)).await?;
        let mut response = http::HeaderMap::new();
        session.finalize(&mut response).await?;
        browser.keep(&response);
        Ok(browser)
    }

    /// The user of this browser and the length of the cart.
    pub(super) async fn user(&self, browser: &Browser) -> Result<Option<(u64, usize)>, session::Error> {
        let session = self.manager.open(&browser.request());
        let Some(user) = session.typed::<Visitor>().user().await? else { return Ok(None) };
        Ok(Some((user, session.get::<String>("cart").await?.unwrap_or_default().len())))
    }

    /// The number of sessions of a user.
    pub(super) async fn sessions(&self, user: u64) -> Result<usize, session::Error> {
        Ok(self.manager.find(Visitor::USER, &user).await?.len())
    }

    /// Logs in, reads, finds the session by its user, logs out, and sweeps: all operations of a store.
    pub(super) async fn serve(&self, user: u64) -> Result<(), session::Error> {
        let browser = self.log_in(user).await?;
        assert_eq!(self.user(&browser).await?, Some((user, 20_000)));
        let mut session = self.manager.open(&browser.request());
        session.insert("theme", "dark").await?;
        session.sync().await?;
        assert_ne!(self.sessions(user).await?, 0);
        self.manager.revoke_all(Visitor::USER, &user, None).await?;
        assert_eq!(self.user(&browser).await?, None);
        self.manager.delete_expired(10).await?;
        Ok(())
    }
}
