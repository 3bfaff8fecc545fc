//! A session beyond the response of its request: detached handles, repeated loads, activity without a browser.

use std::sync::Arc;

use crate::cookie::request_credentials::RequestCredentials;
use crate::request::session_inner::SessionInner;
use crate::session::handle::Session;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

/// Beyond the response: WebSockets, streams, tasks. The page [`after_the_response`](crate::docs::after_the_response) has
/// examples.
impl Session {
    /// Returns a handle of the same session that does not end with the response, for a WebSocket, a stream or a task. No I/O.
    ///
    /// The handle has only server state and sends no cookie. Call [`sync`](Self::sync) to store writes;
    /// [`update`](Self::update) stores at once. Call [`reload`](Self::reload) before a read that must see a logout. Its
    /// commits do not renew the session, unless [`keep_alive`](Self::keep_alive) is called.
    ///
    /// It is bound to the login in which it was created:
    ///
    /// - After `cycle_id`, `log_in` or `set_lifetime` of a request, its reads and commits fail with
    ///   [`Replaced`](crate::ErrorKind::Replaced). Otherwise a socket that an attacker opened with a planted session could read
    ///   the data of the user who logs in later.
    /// - After a logout, or when the session expired, they fail with [`Ended`](crate::ErrorKind::Ended).
    /// - [`renew_token`](Self::renew_token) does not affect it. If this request has not loaded the session, this is true only
    ///   after the first load of the handle, because a renewal makes an old token useless.
    ///
    /// Loaded values are kept, so only the next store operation reports such an error. The first commit costs one load more,
    /// if neither this request nor the handle has loaded the session. Client state, rotation, `log_in` and `restart` fail
    /// with [`NoBrowser`](crate::ErrorKind::NoBrowser). Handles of [`by_id`](crate::SessionManager::by_id) are not bound to a
    /// login, and neither are the detached handles of such a handle.
    ///
    /// Returns `None` if there is no record, or if it is known to have ended. Also returns `None` while this request has a
    /// pending login, rotation or deletion. Call [`sync`](Self::sync) first in a request that logs in or makes the first
    /// write, or call `detached` after the response. Pending writes of the request are not part of the handle.
    ///
    /// ```
    /// # use session::{ErrorKind, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// # session.insert("user.id", 7).await?;
    /// # let mut response = http::HeaderMap::new();
    /// session.sync().await?; // a new session has no record before
    /// let mut detached = session.detached().expect("the session is stored");
    /// session.finalize(&mut response).await?;
    ///
    /// let task = tokio::spawn(async move {
    ///     detached.insert("report", "ready").await?;
    ///     detached.sync().await
    /// });
    /// task.await.unwrap()?;
    /// # let cookie = response["set-cookie"].to_str().unwrap().split(';').next().unwrap().parse().unwrap();
    /// # let request = [(http::header::COOKIE, cookie)].into_iter().collect();
    /// # assert_eq!(manager.open(&request).get::<String>("report").await?.as_deref(), Some("ready"));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    #[doc(alias = "websocket")]
    #[doc(alias = "sse")]
    #[doc(alias = "spawn")]
    #[must_use]
    pub fn detached(&self) -> Option<Self> {
        let state = self.inner().state().detach()?;
        let inner = SessionInner::new(Arc::clone(&self.inner().manager), RequestCredentials::default());
        *inner.state() = state;
        Some(Self::new(Arc::new(inner)))
    }

    /// Discards the loaded record, so that the next read loads it again. No I/O. Pending changes stay pending.
    ///
    /// A handle loads once and then returns the loaded values. In a loop, this makes changes and logouts of other requests
    /// visible. It also works for handles of a request and of [`by_id`](crate::SessionManager::by_id), and applies to all
    /// handles of the request. A session that is known to have ended, or whose token was rotated, is not loaded again.
    #[doc(alias = "refresh")]
    pub fn reload(&mut self) {
        self.drop_cache().state().reload();
    }

    /// Makes the loads and commits of this handle count as activity: they renew the session as those of a browser's request
    /// do, never beyond its absolute end. No I/O.
    ///
    /// For [detached](Self::detached) handles and those of [`by_id`](crate::SessionManager::by_id). Without effect on the
    /// handle of a request, whose operations always count. Below the renewal threshold, a load costs one operation more. A
    /// [`sync`](Self::sync) without changes renews the session too. If the session is not loaded, it costs one operation:
    /// call it for each message of a client that sends nothing else.
    #[doc(alias = "touch")]
    pub fn keep_alive(&mut self) {
        self.inner().state().keep_alive();
    }
}

impl<S: SessionSchema> Typed<S> {
    /// Returns [`Session::detached`] with the accessors of the schema.
    #[must_use]
    pub fn detached(&self) -> Option<Self> {
        Session::detached(self).map(Self::new)
    }
}

/// Reads may load again and renew the session, although they change no value.
impl<S: SessionSchema> ReadOnly<S> {
    /// Returns [`Session::detached`] with the getters of the schema.
    #[must_use]
    pub fn detached(&self) -> Option<Self> {
        Session::detached(self).map(Self::new)
    }

    /// Discards the loaded record, so that the next read loads it again: [`Session::reload`].
    pub fn reload(&mut self) {
        self.inner().state().reload();
    }

    /// Makes the loads of this handle count as activity: [`Session::keep_alive`].
    pub fn keep_alive(&mut self) {
        self.inner().state().keep_alive();
    }
}
