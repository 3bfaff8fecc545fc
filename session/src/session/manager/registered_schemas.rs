//! The setting that registers a schema: a `SessionSchema` belongs to this folder, the settings to a lower one.

use crate::config::session_config::SessionConfig;
use crate::session::typed::SessionSchema;

impl SessionConfig {
    /// Registers a schema, so that its attributes apply to every session of the manager, also where a request does not use
    /// the schema.
    ///
    /// - Each `index` field is [indexed](Self::index). To limit its sessions, also call
    ///   [`index_with_limit`](Self::index_with_limit), before or after this method.
    /// - `retired` keys are deleted with the next commit of a request that loaded the session.
    /// - [`Session::entries`](crate::Session::entries) shows the values of `secret` keys redacted.
    /// - A write to a `sealed` key through the raw key API is encrypted.
    ///
    /// Several schemas can be registered. Without registration, a schema applies to the requests that use it, and each index
    /// must be configured with [`index`](Self::index).
    ///
    /// ```
    /// use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    ///
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(index)]
    ///     user_id: u64,
    ///     #[session(secret, sealed)]
    ///     refresh_token: String,
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let config = SessionConfig::new(SecretKey::generate()).schema::<Visitor>();
    /// let manager = SessionManager::new(MemoryStore::new(), config);
    /// let mut session = manager.open(&http::HeaderMap::new());
    /// session.typed_mut::<Visitor>().set_refresh_token("hunter2".to_owned())?;
    /// assert_eq!(session.entries().await?["refresh_token"], "[redacted]");
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn schema<S: SessionSchema>(mut self) -> Self {
        self.register(S::SCHEMA);
        self
    }
}
