//! Client state: the small map that travels in a cookie of its own.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access;
use crate::error::Error;
use crate::field::{Field, Keys};
use crate::json::{Json, Place};
use crate::session::Session;
use crate::shared::Shared;

/// The other half of a session: [`ClientState`].
impl Session {
    /// The client state, to read: a small map, sealed in a cookie of its own. No I/O.
    pub fn client(&self) -> ClientState<'_> {
        ClientState { shared: self.shared() }
    }

    /// The client state, to change.
    pub fn client_mut(&mut self) -> ClientStateMut<'_> {
        ClientStateMut { shared: self.shared() }
    }
}

/// The client state, to read. No operation of it does any I/O.
///
/// It is whatever this browser last held, also from before a sign-in, also rolled back to an earlier answer's: it is
/// sealed against reading and forging, not against replay. Keep what is convenient in it, such as a theme, and grant
/// nothing by it. Client state that belongs to a record is believed until this request finds the record ended or
/// replaced; [`open_verified`](crate::SessionManager::open_verified) asks first, and so does a layer that is
/// [`verified`](crate::tower::SessionLayer::verified).
pub struct ClientState<'a> {
    shared: &'a Shared,
}

impl ClientState<'_> {
    /// The value of `key`, or `None` if it is absent.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::ErrorKind::Value): the stored JSON is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        access::client_get(self.shared, &Field::new(Place::Client, key, Json::decode))
    }

    /// The value of `key` as JSON, or `None` if it is absent.
    pub fn get_raw(&self, key: &str) -> Option<Value> {
        self.get(key).ok().flatten()
    }

    /// Everything in the client state, parsed: for inspectors.
    pub fn entries(&self) -> serde_json::Map<String, Value> {
        let values = self.shared.state().client_all();
        values.to_map(Place::Client).unwrap_or_default()
    }

    /// Whether the client state has no key.
    pub fn is_empty(&self) -> bool {
        self.shared.state().client_all().is_empty()
    }
}

/// The client state, to change. What is written is sealed into the state cookie of the answer.
///
/// The cookie holds about 2,900 bytes of JSON; more is an error when the answer is made, and then nothing of the request
/// is stored. Of two answers that both write client state, the browser keeps the later one's.
pub struct ClientStateMut<'a> {
    shared: &'a Shared,
}

impl<'a> ClientStateMut<'a> {
    fn read(&self) -> ClientState<'a> {
        ClientState { shared: self.shared }
    }

    /// As [`ClientState::get`].
    ///
    /// # Errors
    ///
    /// As [`ClientState::get`].
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.read().get(key)
    }

    /// As [`ClientState::get_raw`].
    pub fn get_raw(&self, key: &str) -> Option<Value> {
        self.read().get_raw(key)
    }

    /// As [`ClientState::entries`].
    pub fn entries(&self) -> serde_json::Map<String, Value> {
        self.read().entries()
    }

    /// As [`ClientState::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Writes `value` under `key`, in place of what is there.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be written as JSON.
    /// - [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than 1,024 bytes. The cookie itself is measured
    ///   when the answer is made.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    pub fn insert<T: Serialize>(&mut self, key: impl Into<Cow<'a, str>>, value: T) -> Result<(), Error> {
        let key = key.into();
        let json = Json::encode(&value).map_err(|error| error.at::<T>(Place::Client, &key))?;
        self.shared.write(Place::Client, &Keys::only(&key), Some(json))
    }

    /// Writes a JSON value under `key`.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn insert_raw(&mut self, key: impl Into<Cow<'a, str>>, value: Value) -> Result<(), Error> {
        self.insert(key, value)
    }

    /// Drops `key` and returns the value it had.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): the stored JSON is not a `T`. It stays.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the answer has been given.
    pub fn remove<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Error> {
        let value = self.get(key)?;
        self.shared.write(Place::Client, &Keys::only(key), None)?;
        Ok(value)
    }

    /// Drops `key` and returns the JSON it had. After the answer has been given it drops nothing.
    pub fn remove_raw(&mut self, key: &str) -> Option<Value> {
        self.remove(key).ok().flatten()
    }

    /// Drops every key of the client state. After the answer has been given it drops nothing.
    pub fn clear(&mut self) {
        _ = self.shared.clear(Place::Client);
    }
}
