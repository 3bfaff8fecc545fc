//! The raw key API of server state: get, insert, remove, unset, update, clear.

use std::convert::Infallible;

use serde_json::Value;

use crate::error::Error;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::request::fields::{self, inspected_values};
use crate::request::operations::update;
use crate::schema::key::traits::server::{AnyKey, IntoKey, ReadKey, WriteKey};
use crate::session::handle::Session;

/// Server state. The first read costs the one load of the request, if there is a record.
///
/// A key is a text, for example `"cart"`, or the constant of a field, for example `Visitor::CART`. A constant has the type
/// of its field, and every method uses the field's codec, aliases and other attributes, as its accessors do. Values of
/// another type do not compile:
///
/// ```compile_fail,E0277
/// # use session::{Error, Session, SessionSchema};
/// #[derive(SessionSchema)]
/// struct Visitor {
///     user_id: u64,
/// }
///
/// # async fn handler(mut session: Session) -> Result<(), Error> {
/// session.insert(Visitor::USER_ID, "seven").await
/// # }
/// ```
///
/// Two attributes belong to the accessors alone: an absent key reads as `None` also with `default`, and a read keeps a
/// `flash` message. The methods with `_raw` neither require the type of the field nor migrate values.
///
/// An [`IndexKey`](crate::IndexKey) must be [indexed](crate::SessionConfig::index), otherwise each method returns an error of
/// kind [`Config`](crate::ErrorKind::Config).
impl Session {
    /// Returns an error if a key belongs to an index that the application has not configured.
    #[inline]
    pub(super) fn check_index(&self, key: &impl AnyKey) -> Result<(), Error> {
        if key.is_indexed() { self.inner().manager.check_indexed(key.raw_field().keys.key) } else { Ok(()) }
    }

    /// Returns the value of `key`, or `None` if it is absent. Costs one load, unless the session is loaded already.
    ///
    /// The value is deserialized directly from the stored text; other keys are not parsed. If you do not know the type,
    /// use [`get_raw`](Self::get_raw).
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`. It remains stored.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn get<T>(&self, key: impl ReadKey<T>) -> Result<Option<T>, Error> {
        self.check_index(&key)?;
        match self.get_cached(&key.field()) {
            Some(value) => value,
            None => fields::get(self.inner(), &key.field()).await,
        }
    }

    /// Returns the value of `key` as JSON, or `None` if it is absent. Costs one load, unless the session is loaded already.
    ///
    /// The value of a sealed key is decrypted, and the value of a secret key is not redacted.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not JSON.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn get_raw(&self, key: impl AnyKey) -> Result<Option<Value>, Error> {
        self.check_index(&key)?;
        match self.get_cached(&key.raw_field()) {
            Some(value) => value,
            None => fields::get(self.inner(), &key.raw_field()).await,
        }
    }

    /// Sets `key` to `value`. No load and no I/O before the commit.
    ///
    /// If the session is loaded and has the same JSON text already, nothing is stored. The text of equal `HashMap`s or
    /// `HashSet`s may differ in its order, so they may be stored again: use `BTreeMap` and `BTreeSet`.
    ///
    /// The value of a sealed key is encrypted, and the value of a key with `expires_in` gets an expiry time, if the schema is
    /// [registered](crate::SessionConfig::schema) or was used in this request. A key constant needs neither.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON, contains NaN or an infinity, or is refused by
    ///   the `check` of the field of a key constant.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn insert<T>(&mut self, key: impl WriteKey<T>, value: T) -> Result<(), Error> {
        self.check_index(&key)?;
        let Some(field) = key.typed_field() else {
            let keys = key.raw_field().keys;
            let json = (key.encoder())(&value).map_err(|error| error.into_error::<T>(Side::Server, keys.key))?;
            return self.inner().write_raw(Side::Server, &keys, json, None);
        };
        fields::set_raw(self.inner(), &field, key.encoder(), &value)
    }

    /// Sets `key` to a JSON value. No load and no I/O before the commit.
    ///
    /// With a key constant, the `check` of its field runs if the JSON is of the field's type. A value of another type is stored
    /// too, and reading it with the constant is an error.
    ///
    /// # Errors
    ///
    /// The same as for [`insert`](Self::insert).
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn insert_raw(&mut self, key: impl AnyKey, value: Value) -> Result<(), Error> {
        self.check_index(&key)?;
        let keys = key.raw_field().keys;
        let json = Json::encode(&value).map_err(|error| error.into_error::<Value>(Side::Server, keys.key))?;
        key.check_json(&json)?;
        self.inner().write_raw(Side::Server, &keys, json.with_seal(key.is_sealed()), key.expires_in())
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
    pub async fn remove<T>(&mut self, key: impl ReadKey<T>) -> Result<Option<T>, Error> {
        self.check_index(&key)?;
        fields::remove(self.inner(), &key.field()).await
    }

    /// Removes `key` and returns its value as JSON. Costs one load, unless the session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`remove`](Self::remove).
    pub async fn remove_raw(&mut self, key: impl AnyKey) -> Result<Option<Value>, Error> {
        self.check_index(&key)?;
        fields::remove(self.inner(), &key.raw_field()).await
    }

    /// Removes `key` without reading it. No load and no I/O before the commit.
    ///
    /// # Errors
    ///
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    #[expect(clippy::unused_async, reason = "the key API is async, so that stores may need I/O here later")]
    pub async fn unset(&mut self, key: impl AnyKey) -> Result<(), Error> {
        self.check_index(&key)?;
        fields::unset(self.inner(), &key.raw_field())
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
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`, or the result cannot be encoded, or is refused
    ///   by the `check` of the field of a key constant.
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
    pub async fn update<T, R>(
        &mut self,
        key: impl IntoKey<T>,
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
    pub async fn try_update<T, R, E>(
        &mut self,
        key: impl IntoKey<T>,
        f: impl FnMut(&mut Option<T>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        self.check_index(&key)?;
        let field = fields::with_rules_of_schemas(self.inner(), key.field());
        update::try_update(self.drop_cache(), &field, key.encoder(), f).await
    }

    /// Returns the complete server state as JSON, for inspectors. Costs one load, unless the session is loaded already.
    ///
    /// Expired values are left out.
    ///
    /// Sealed values are shown as `"[redacted]"`. So are the values of secret keys of the
    /// [registered](crate::SessionConfig::schema) schemas, and of the schemas that this request uses. To read one of them
    /// on purpose, use its accessor or [`get_raw`](Self::get_raw).
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): a stored value is not JSON.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn entries(&self) -> Result<serde_json::Map<String, Value>, Error> {
        self.inner().load().await?;
        inspected_values::server_entries(self.inner())
    }

    /// Returns true if the server state has no key, or only expired values. Costs one load, unless the session is loaded already.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        self.inner().load().await?;
        Ok(inspected_values::is_empty(self.inner()))
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
