//! The handle of one request: the raw key API, identity and lifecycle.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access;
use crate::error::Error;
use crate::field::{Field, Keys};
use crate::id::{Claim, SessionId};
use crate::json::{Json, Place};
use crate::lifetime::Lifetime;
use crate::meta::Meta;
use crate::plan::{Ending, Standing};
use crate::shared::{CookieHeaders, Manager, Shared};
use crate::values::Values;

/// One request's handle to its session: a string-key map in the store, another one in the cookie.
///
/// Handles are cheap, and all handles of one request see one session; reading takes `&self`, writing `&mut self`. What
/// is written is kept in the handle, and sent to the store in one atomic operation when the request is over
/// ([`finalize`](Self::finalize), called by the layer) or when [`sync`](Self::sync) is called. Only changed keys travel.
///
/// ```
/// # use session::{ErrorKind, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// session.insert("user.id", 7).await?;
/// assert_eq!(session.get::<u64>("user.id").await?, Some(7));
/// assert_eq!(session.get::<String>("user.id").await.unwrap_err().kind(), ErrorKind::Value);
/// assert_eq!(session.remove::<u64>("user.id").await?, Some(7));
/// assert_eq!(session.get::<u64>("user.id").await?, None);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
pub struct Session {
    shared: Arc<Shared>,
    /// The server state as the store gave it, for reads that need no lock.
    loaded: OnceLock<Values>,
}

impl Session {
    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self { shared, loaded: OnceLock::new() }
    }

    /// A session that the application names, without a browser.
    pub(crate) fn by_id(manager: Arc<Manager>, id: SessionId) -> Self {
        let session = Self::of(Arc::new(Shared::new(manager, CookieHeaders::default())));
        session.shared.state().open_by_id(id);
        session
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// For what may commit: a store in this process shares values with their readers, and would have to copy them.
    pub(crate) fn let_go(&mut self) -> &Shared {
        self.loaded.take();
        &self.shared
    }

    /// The server state, as long as it reads as the store gave it.
    #[inline]
    pub(crate) fn as_loaded(&self) -> Option<&Values> {
        if !self.shared.reads_as_loaded() {
            return None;
        }
        self.loaded.get().or_else(|| self.keep_loaded())
    }

    #[cold]
    fn keep_loaded(&self) -> Option<&Values> {
        let values = self.shared.state().as_loaded()?.clone();
        Some(self.loaded.get_or_init(|| values))
    }

    /// Another handle to this request's session: what extractors and middleware give out.
    #[must_use]
    pub fn handle(&mut self) -> Self {
        self.another()
    }

    /// `&mut` on a handle says what its holder intends; it is not what keeps the state sound.
    pub(crate) fn another(&self) -> Self {
        Self::of(Arc::clone(&self.shared))
    }
}

/// Server state. Every read costs the request's one load, unless it is done or there is no record.
impl Session {
    /// The value of `key`, or `None` if it is absent. It is deserialized straight from the stored text; no other key
    /// is parsed. See [`get_raw`](Self::get_raw) if you do not know the type.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored JSON is not a `T`. It stays stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        match access::get_at_once(self, &Field::new(Place::Server, key, Json::decode)) {
            Some(value) => value,
            None => access::get(&self.shared, &Field::new(Place::Server, key, Json::decode)).await,
        }
    }

    /// The value of `key` as JSON, or `None` if it is absent.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn get_raw(&self, key: &str) -> Result<Option<Value>, Error> {
        self.get(key).await
    }

    /// Stores `value` under `key`, in place of what is there. No I/O before the commit, and no load.
    ///
    /// JSON has no NaN and no infinity: serde writes them as `null`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be written as JSON.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    #[expect(clippy::unused_async, reason = "the key API asks for it, and stores may come to need it")]
    pub async fn insert<T: Serialize>(&mut self, key: impl Into<Cow<'_, str>>, value: T) -> Result<(), Error> {
        let key = key.into();
        let json = Json::encode(&value).map_err(|error| error.at::<T>(Place::Server, &key))?;
        self.shared.write(Place::Server, &Keys::only(&key), Some(json))
    }

    /// Stores a JSON value under `key`. As [`insert`](Self::insert).
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub async fn insert_raw(&mut self, key: impl Into<Cow<'_, str>>, value: Value) -> Result<(), Error> {
        self.insert(key, value).await
    }

    /// Drops `key` and returns the value it had. If you do not need the value, [`unset`](Self::unset) takes no load.
    ///
    /// Two requests may both get the value; one that may be used only once is taken with
    /// `update(key, |value| value.take())`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored JSON is not a `T`. It stays stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    pub async fn remove<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Error> {
        access::remove(&self.shared, &Field::new(Place::Server, key, Json::decode)).await
    }

    /// Drops `key` and returns the JSON it had. As [`remove`](Self::remove), for any type.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub async fn remove_raw(&mut self, key: &str) -> Result<Option<Value>, Error> {
        self.remove(key).await
    }

    /// Drops `key` without reading it: no load.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) and [`Finalized`](crate::ErrorKind::Finalized), as [`insert`](Self::insert).
    #[expect(clippy::unused_async, reason = "the key API asks for it, and stores may come to need it")]
    pub async fn unset(&mut self, key: impl Into<Cow<'_, str>>) -> Result<(), Error> {
        self.shared.write(Place::Server, &Keys::only(&key.into()), None)
    }

    /// Reads `key`, lets `f` change it, and stores the result, atomically even across servers: two requests that both
    /// push to a list both succeed. `None` is an absent key, before and after.
    ///
    /// `f` may run several times, if other requests keep changing the session in between. The result is stored when
    /// this returns, whatever the answer will be; what else the request has written waits for its commit. Costs one
    /// load, unless it is done, and one commit per try.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// let visits = session.update("visits", |visits| {
    ///     let visits: &mut u64 = visits.get_or_insert(0);
    ///     *visits += 1;
    ///     *visits
    /// });
    /// assert_eq!(visits.await?, 1);
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): what is stored is not a `T`, or what `f` made cannot be written.
    /// - [`Replaced`](crate::ErrorKind::Replaced) (`f` does not run) and [`Ended`](crate::ErrorKind::Ended): the session is not this
    ///   request's to change any more.
    /// - [`Conflict`](crate::ErrorKind::Conflict): others were faster 128 times.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked, or its reply was lost; in that case the result may
    ///   have been stored.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    pub async fn update<T: Serialize + DeserializeOwned, R>(
        &mut self,
        key: impl Into<Cow<'_, str>>,
        mut f: impl FnMut(&mut Option<T>) -> R,
    ) -> Result<R, Error> {
        let updated = self.try_update(key, |value| Ok::<R, std::convert::Infallible>(f(value))).await?;
        Ok(match updated {
            Ok(result) => result,
            Err(never) => match never {},
        })
    }

    /// As [`update`](Self::update), but if `f` says `Err`, nothing is stored.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update). The inner result is `f`'s own.
    pub async fn try_update<T: Serialize + DeserializeOwned, R, E>(
        &mut self,
        key: impl Into<Cow<'_, str>>,
        f: impl FnMut(&mut Option<T>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let key = key.into();
        access::try_update(self.let_go(), &Field::new(Place::Server, &key, Json::decode), Json::encode, f).await
    }

    /// Everything in the server state, parsed: for inspectors.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn entries(&self) -> Result<serde_json::Map<String, Value>, Error> {
        self.shared.verify().await?;
        let values = self.shared.state().server_values();
        values.to_map(Place::Server)
    }

    /// Whether the server state has no key.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        self.shared.verify().await?;
        Ok(self.shared.state().server_values().is_empty())
    }

    /// Drops every key of the server state and keeps the session: an empty record stays in the store. No load.
    ///
    /// # Errors
    ///
    /// [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    #[expect(clippy::unused_async, reason = "the key API asks for it, and stores may come to need it")]
    pub async fn clear(&mut self) -> Result<(), Error> {
        self.shared.clear(Place::Server)
    }

    /// Drops the record from the store and keeps the client state and the cookie. What is written afterwards begins
    /// a new record. Costs one operation.
    pub fn delete(&mut self) {
        self.shared.intend(|state| state.end(Ending::Delete));
    }
}

/// Identity and lifecycle.
impl Session {
    /// The session's public id, fit for logs and admin pages. `None` before the first write, and once it is known that
    /// the session ended. It may name a session that has ended meanwhile: the store is not asked.
    pub fn id(&self) -> Option<SessionId> {
        let state = self.shared.state();
        let ended = matches!(state.known.standing, Standing::Ended | Standing::Severed);
        state.known.claim.as_ref().filter(|_| !ended).map(Claim::id)
    }

    /// Wants a new token for the same session: call it whenever someone signs in or gains rights, so that a token an
    /// attacker planted or saw before is worth nothing (OWASP ASVS 5.0, 7.2.4).
    ///
    /// The token is replaced by the commit, in the same operation as the changes. If the request fails before, the
    /// old token still works; afterwards it reads and writes nothing.
    pub fn cycle_id(&mut self) {
        self.shared.intend(|state| state.rotate(None));
    }

    /// Ends the session: its record and both cookies go. Later operations of this request are ignored. One operation.
    ///
    /// To leave a message behind, as a sign-out does, use [`restart`](Self::restart).
    pub fn invalidate(&mut self) {
        self.shared.intend(|state| state.end(Ending::Invalidate));
    }

    /// Ends the session and begins a new one, empty on both sides: the sign-out that leaves a message. Nothing of the
    /// old one carries over; what is written afterwards is the new one's. One operation, and another if something is
    /// written.
    pub fn restart(&mut self) {
        self.shared.intend(|state| state.end(Ending::Restart));
    }

    /// Whether [`invalidate`](Self::invalidate) was called in this request.
    pub fn is_invalidated(&self) -> bool {
        self.shared.state().is_invalidated()
    }

    /// Whether the session lives, but under a newer token than this request's. Known after a load.
    pub fn is_replaced(&self) -> bool {
        self.shared.state().known.standing == Standing::Replaced
    }

    /// Gives this session a lifetime of its own ("remember me"), from the commit on and over later rotations. The
    /// token carries it, and so this replaces the token, as [`cycle_id`](Self::cycle_id) does.
    pub fn set_lifetime(&mut self, lifetime: Lifetime) {
        self.shared.intend(|state| state.rotate(Some(lifetime)));
    }

    /// What to call this session in a list of a user's sessions, such as `Firefox on Linux`.
    pub fn set_label(&mut self, label: impl Into<String>) {
        let label = label.into();
        self.shared.intend(|state| state.label(label));
    }

    /// When the session was created, last seen and will expire, and its label. `None` if there is no live record.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn meta(&self) -> Result<Option<Meta>, Error> {
        self.shared.verify().await?;
        Ok(self.shared.state().known.record.as_ref().map(Meta::of))
    }

    /// Commits now what the request wants so far. It may be called any number of times, in any state; what it stored
    /// stays, whatever the answer.
    ///
    /// # Errors
    ///
    /// The changes are not sent again after an error.
    ///
    /// - [`Ended`](crate::ErrorKind::Ended), [`Replaced`](crate::ErrorKind::Replaced): a race was lost; nothing was stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked, or its reply was lost; in that case the changes
    ///   may have been stored.
    pub async fn sync(&mut self) -> Result<(), Error> {
        self.let_go().commit().await
    }

    /// Commits what the request wants, and appends the `Set-Cookie` headers owed to `response`: also those owed for
    /// what `sync` and `update` stored if the commit fails. A response that sets or removes a cookie gets
    /// `Cache-Control: no-store`.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync), and [`TooLarge`](crate::ErrorKind::TooLarge) if the client state does not fit into a cookie;
    /// nothing was stored then.
    pub async fn finalize(mut self, response: &mut HeaderMap) -> Result<(), Error> {
        let (owed, result) = self.let_go().finalize().await;
        owed.append_to(response);
        result
    }

    /// Instead of [`finalize`](Self::finalize) when the answer is a server error: commits only an ending
    /// ([`invalidate`](Self::invalidate), [`restart`](Self::restart), [`delete`](Self::delete)), and appends the cookies
    /// owed for what `sync` and `update` stored.
    ///
    /// # Errors
    ///
    /// As [`sync`](Self::sync).
    pub async fn abandon(mut self, response: &mut HeaderMap) -> Result<(), Error> {
        let (owed, result) = self.let_go().abandon().await;
        owed.append_to(response);
        result
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).finish_non_exhaustive()
    }
}
