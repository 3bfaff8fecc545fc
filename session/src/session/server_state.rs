//! The raw key API of server state: get, insert, remove, unset, update, clear.

use std::borrow::Cow;
use std::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::request::fields;
use crate::request::operations::update;
use crate::schema::field::Field;
use crate::schema::field_keys::FieldKeys;
use crate::session::handle::Session;

fn server_field<T: DeserializeOwned>(key: &str) -> Field<'_, T> {
    Field::new(Side::Server, key, Json::decode)
}

/// Server state. The first read costs the one load of the request, if there is a record.
impl Session {
    /// Returns the value of `key`, or `None` if it is absent. Costs one load, unless the session is loaded already.
    ///
    /// The value is deserialized directly from the stored text; other keys are not parsed. If you do not know the type,
    /// use [`get_raw`](Self::get_raw).
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`. It remains stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        match self.get_cached(&server_field(key)) {
            Some(value) => value,
            None => fields::get(self.inner(), &server_field(key)).await,
        }
    }

    /// Returns the value of `key` as JSON, or `None` if it is absent. Costs one load, unless the session is loaded already.
    ///
    /// The value of a sealed key is decrypted, and the value of a secret key is not redacted.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn get_raw(&self, key: &str) -> Result<Option<Value>, Error> {
        self.get(key).await
    }

    /// Sets `key` to `value`. No load and no I/O before the commit.
    ///
    /// If the session is loaded and has the same JSON text already, nothing is stored. The text of equal `HashMap`s or
    /// `HashSet`s may differ in its order, so they may be stored again: use `BTreeMap` and `BTreeSet`.
    ///
    /// The value of a sealed key is encrypted, if its schema is [registered](crate::SessionConfig::schema) or was used in
    /// this request.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON, or contains NaN or an infinity.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn insert<T: Serialize>(&mut self, key: impl Into<Cow<'_, str>>, value: T) -> Result<(), Error> {
        let key = key.into();
        let json = Json::encode(&value).map_err(|error| error.into_error::<T>(Side::Server, &key))?;
        self.inner().write_raw(&key, json)
    }

    /// Sets `key` to a JSON value. No load and no I/O before the commit.
    ///
    /// # Errors
    ///
    /// The same as for [`insert`](Self::insert).
    pub async fn insert_raw(&mut self, key: impl Into<Cow<'_, str>>, value: Value) -> Result<(), Error> {
        self.insert(key, value).await
    }

    /// Removes `key` and returns its value. Costs one load, unless the session is loaded already.
    ///
    /// If you do not need the value, [`unset`](Self::unset) needs no load. Two requests may both receive the value. Take a
    /// value that may be used only once with `update(key, |value| value.take())`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`. It remains stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    pub async fn remove<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Error> {
        fields::remove(self.inner(), &server_field(key)).await
    }

    /// Removes `key` and returns its value as JSON. Costs one load, unless the session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`remove`](Self::remove).
    pub async fn remove_raw(&mut self, key: &str) -> Result<Option<Value>, Error> {
        self.remove(key).await
    }

    /// Removes `key` without reading it. No load and no I/O before the commit.
    ///
    /// # Errors
    ///
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn unset(&mut self, key: impl Into<Cow<'_, str>>) -> Result<(), Error> {
        self.inner().write(Side::Server, &FieldKeys::single(&key.into()), None)
    }

    /// Reads `key`, changes it with `f`, and stores the result atomically, even across servers. Costs one load, unless the
    /// session is loaded already, and one commit per attempt.
    ///
    /// Two requests that both push to a list both succeed. `None` stands for an absent key. `f` may run several times, if
    /// other requests change the session at the same time. The result is stored when this method returns, even if the
    /// request later fails. Other pending writes stay pending, except a `clear` or a deletion, which is applied first.
    ///
    /// The updates of one session in this process wait for each other. Compare-and-swap decides between processes. A result
    /// whose JSON text is stored already costs no commit: prefer `BTreeMap` and `BTreeSet` to `HashMap` and `HashSet`,
    /// whose order differs.
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
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`, or the result cannot be encoded.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Replaced`](crate::ErrorKind::Replaced): another request rotated the token.
    /// - [`Ended`](crate::ErrorKind::Ended): the session ended.
    /// - [`Config`](crate::ErrorKind::Config): `set_lifetime` received a timeout of zero, and the update starts a session.
    /// - [`Conflict`](crate::ErrorKind::Conflict): 128 attempts conflicted with other requests.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or its reply was lost. After a lost reply, the
    ///   result may be stored. An earlier commit of this request has an unknown outcome.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    ///
    /// # Cancellation
    ///
    /// If this future is dropped before the store's reply, a load at the next operation shows whether the result is stored.
    /// If it is not, the next commit sends the same compare-and-swap on the same revision again. If another commit has
    /// changed the revision since, the outcome stays unknown, and the next commit returns an error of kind `Store`. It
    /// never becomes a plain set.
    pub async fn update<T: Serialize + DeserializeOwned, R>(
        &mut self,
        key: impl Into<Cow<'_, str>>,
        mut f: impl FnMut(&mut Option<T>) -> R,
    ) -> Result<R, Error> {
        let Ok(result) = self.try_update(key, |value| Ok::<R, Infallible>(f(value))).await?;
        Ok(result)
    }

    /// Like [`update`](Self::update), but stores nothing if `f` returns `Err`.
    ///
    /// # Errors
    ///
    /// The same as for [`update`](Self::update). The inner result is the one of `f`.
    pub async fn try_update<T: Serialize + DeserializeOwned, R, E>(
        &mut self,
        key: impl Into<Cow<'_, str>>,
        f: impl FnMut(&mut Option<T>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let key = key.into();
        let field = Field { is_sealed: self.inner().seals(&key), ..server_field(&key) };
        update::try_update(self.drop_cache(), &field, Json::encode, f).await
    }

    /// Returns the complete server state as JSON, for inspectors. Costs one load, unless the session is loaded already.
    ///
    /// Sealed values are shown as `"[redacted]"`. So are the values of secret keys of the
    /// [registered](crate::SessionConfig::schema) schemas, and of the schemas that this request uses. To read one of them
    /// on purpose, use its accessor or [`get_raw`](Self::get_raw).
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn entries(&self) -> Result<serde_json::Map<String, Value>, Error> {
        self.inner().load().await?;
        fields::server_entries(self.inner())
    }

    /// Returns true if the server state has no key. Costs one load, unless the session is loaded already.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        self.inner().load().await?;
        Ok(self.inner().state().server_values().is_empty())
    }

    /// Removes all keys of the server state, and keeps the session with an empty record. No load and no I/O before the
    /// commit.
    ///
    /// # Errors
    ///
    /// [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn clear(&mut self) -> Result<(), Error> {
        self.inner().clear(Side::Server)
    }
}
