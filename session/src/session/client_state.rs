//! Client state: the small map in the state cookie, for reading and for writing.

use serde_json::Value;

use crate::error::Error;
use crate::record::changes::Changes;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::request::fields::{self, inspected_values};
use crate::request::session_inner::SessionInner;
use crate::schema::key::traits::client::{AnyClientKey, ReadClientKey, WriteClientKey};
use crate::session::handle::Session;

/// Client state.
impl Session {
    /// Returns the client state for reading: a small map, encrypted in its own cookie. No I/O.
    pub fn client(&self) -> ClientState<'_> {
        ClientState { inner: self.inner() }
    }

    /// Returns the client state for reading and writing. No I/O.
    pub fn client_mut(&mut self) -> ClientStateMut<'_> {
        ClientStateMut { inner: self.inner() }
    }
}

/// The client state, for reading. No method does I/O.
///
/// It is the state that this browser sent, possibly from before a login, or an older one. It is encrypted and cannot be
/// forged, but it can be replayed. Store preferences in it, such as a theme, and never grant permissions from it.
///
/// Client state of a record is trusted until this request has found the record ended or replaced.
/// [`open_verified`](crate::SessionManager::open_verified) loads the record first; so does a
/// [`verified`](tower/struct.SessionLayer.html#method.verified) layer.
///
/// In a request with the header [transport](crate::Transport) there is no client state: every key reads as absent.
pub struct ClientState<'a> {
    inner: &'a SessionInner,
}

#[expect(clippy::needless_pass_by_value, reason = "keys and values are taken as by the methods of the server state")]
impl ClientState<'_> {
    /// Returns the value of `key`, or `None` if it is absent.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`.
    pub fn get<T>(&self, key: impl ReadClientKey<T>) -> Result<Option<T>, Error> {
        fields::client_get(self.inner, &key.client_field())
    }

    /// Returns the value of `key` as JSON, or `None` if it is absent.
    pub fn get_raw(&self, key: impl AnyClientKey) -> Option<Value> {
        fields::client_get(self.inner, &key.raw_client_field()).ok().flatten()
    }

    /// Returns the complete client state as JSON, for inspectors. Expired values are left out. The values of secret keys are
    /// shown as `"[redacted]"`, as in [`Session::entries`].
    pub fn entries(&self) -> serde_json::Map<String, Value> {
        inspected_values::client_entries(self.inner)
    }

    /// Returns true if the client state has no key, or only expired values.
    pub fn is_empty(&self) -> bool {
        inspected_values::client_is_empty(self.inner)
    }
}

/// The client state, for reading and writing. Changes are encrypted into the state cookie of the response.
///
/// The cookie holds about 2,900 bytes of JSON. More is an error at the end of the request, and nothing of the request is
/// stored. If two responses write client state, the browser keeps the later one.
pub struct ClientStateMut<'a> {
    inner: &'a SessionInner,
}

#[expect(clippy::needless_pass_by_value, reason = "keys and values are taken as by the methods of the server state")]
impl<'a> ClientStateMut<'a> {
    fn as_read_only(&self) -> ClientState<'a> {
        ClientState { inner: self.inner }
    }

    /// Returns the value of `key`, or `None` if it is absent.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`.
    pub fn get<T>(&self, key: impl ReadClientKey<T>) -> Result<Option<T>, Error> {
        self.as_read_only().get(key)
    }

    /// Returns the value of `key` as JSON, or `None` if it is absent.
    pub fn get_raw(&self, key: impl AnyClientKey) -> Option<Value> {
        self.as_read_only().get_raw(key)
    }

    /// Returns the complete client state as JSON, for inspectors. Expired values are left out. The values of secret keys are
    /// shown as `"[redacted]"`, as in [`Session::entries`].
    pub fn entries(&self) -> serde_json::Map<String, Value> {
        self.as_read_only().entries()
    }

    /// Returns true if the client state has no key, or only expired values.
    pub fn is_empty(&self) -> bool {
        self.as_read_only().is_empty()
    }

    /// Sets `key` to `value`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON, contains NaN or an infinity, or is refused by
    ///   the `check` of the field of a key constant.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes. The size of the cookie is checked at
    ///   the end of the request.
    /// - [`NoBrowser`](crate::ErrorKind::NoBrowser): the session was opened by its id, or the request uses the header
    ///   [transport](crate::Transport).
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    pub fn insert<T>(&mut self, key: impl WriteClientKey<T>, value: T) -> Result<(), Error> {
        let Some(field) = key.typed_client_field() else {
            let keys = key.raw_client_field().keys;
            let json = (key.client_encoder())(&value).map_err(|error| error.into_error::<T>(Side::Client, keys.key))?;
            return self.inner.write_raw(Side::Client, &keys, json, None);
        };
        fields::set_raw(self.inner, &field, key.client_encoder(), &value)
    }

    /// Sets `key` to a JSON value.
    ///
    /// # Errors
    ///
    /// The same as for [`insert`](Self::insert).
    pub fn insert_raw(&mut self, key: impl AnyClientKey, value: Value) -> Result<(), Error> {
        let keys = key.raw_client_field().keys;
        let json = Json::encode(&value).map_err(|error| error.into_error::<Value>(Side::Client, keys.key))?;
        key.check_client_json(&json)?;
        self.inner.write_raw(Side::Client, &keys, json, key.client_expiry())
    }

    /// Removes `key` and returns its value.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored value is not a valid `T`. It remains stored.
    /// - [`NoBrowser`](crate::ErrorKind::NoBrowser): the session was opened by its id, or the request uses the header
    ///   [transport](crate::Transport).
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    pub fn remove<T>(&mut self, key: impl ReadClientKey<T>) -> Result<Option<T>, Error> {
        fields::client_remove(self.inner, &key.client_field())
    }

    /// Removes `key` and returns its value as JSON.
    ///
    /// After the response, nothing is removed or returned: the next [`sync`](Session::sync) returns
    /// [`Finalized`](crate::ErrorKind::Finalized). For a session opened by its id, and for a request with the header
    /// [transport](crate::Transport), the next commit returns [`NoBrowser`](crate::ErrorKind::NoBrowser).
    pub fn remove_raw(&mut self, key: impl AnyClientKey) -> Option<Value> {
        let field = key.raw_client_field();
        let stored = self.inner.take_client_value(&field.keys);
        field.decode_stored(stored.as_ref(), &*self.inner.manager).ok().flatten()
    }

    /// Removes all keys of the client state.
    ///
    /// After the response, nothing is removed: the next [`sync`](Session::sync) returns
    /// [`Finalized`](crate::ErrorKind::Finalized). For a session opened by its id, and for a request with the header
    /// [transport](crate::Transport), the next commit returns [`NoBrowser`](crate::ErrorKind::NoBrowser).
    pub fn clear(&mut self) {
        self.inner.edit_client_state(Changes::clear);
    }
}
