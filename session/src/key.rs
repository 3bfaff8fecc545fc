//! Typed keys: a key, and the type of the values under it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::field::{Codec, Decode, Encode, Field, OnInvalid};
use crate::json::{Json, Place};

/// A value that a session can keep: it can be written as JSON and read back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a session",
    label = "not a session value",
    note = "session values are kept as JSON: they need serde's `Serialize` and `Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to your types in `{Self}`; other crates often have a `serde` feature",
    note = "if `{Self}` is a schema of its own, put it in with `#[session(nested)]`"
)]
pub trait SessionValue: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SessionValue for T {}

macro_rules! typed_key {
    ($(#[$doc:meta])* $name:ident in $place:ident) => {
        $(#[$doc])*
        pub struct $name<T> {
            pub(crate) field: Field<'static, T>,
            pub(crate) encode: Encode<T>,
        }

        impl<T> $name<T> {
            /// The key itself.
            pub const fn as_str(&self) -> &'static str {
                self.field.keys.key
            }

            const fn new(key: &'static str, encode: Encode<T>, decode: Decode<T>) -> Self {
                Self { field: Field::new(Place::$place, key, decode), encode }
            }
        }

        /// What the derive says of a field besides.
        #[doc(hidden)]
        #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "written by the derive")]
        impl<T> $name<T> {
            pub const fn coded<C: Codec<Value = T>>(key: &'static str) -> Self {
                Self::new(key, Json::encode_with::<C>, Json::decode_with::<C>)
            }

            pub const fn or_invalid(mut self, on_invalid: OnInvalid) -> Self {
                self.field.on_invalid = on_invalid;
                self
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> Deref for $name<T> {
            type Target = str;

            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        impl<T> From<$name<T>> for Cow<'_, str> {
            fn from(key: $name<T>) -> Self {
                Cow::Borrowed(key.as_str())
            }
        }

        impl<T> From<&$name<T>> for Cow<'_, str> {
            fn from(key: &$name<T>) -> Self {
                Cow::Borrowed(key.as_str())
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }
    };
}

/// What an indexed key cannot have: the index knows values as they are stored under the one key.
macro_rules! key_with_a_past {
    ($($name:ident),*) => {$(
        #[doc(hidden)]
        #[allow(clippy::return_self_not_must_use, reason = "written by the derive")]
        impl<T> $name<T> {
            pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
                self.field.keys.aliases = aliases;
                self
            }

            pub const fn kept_alias(mut self, alias: &'static str) -> Self {
                self.field.keys.kept = Some(alias);
                self
            }

            pub const fn migrate(mut self, migrate: fn(&Value) -> Option<T>) -> Self {
                self.field.migrate = Some(migrate);
                self
            }
        }
    )*};
}

key_with_a_past!(Key, ClientKey);

typed_key! {
    /// The key of a server field and the type of its values. It derefs to `str`, so the raw key API takes it too.
    ///
    /// ```
    /// # use session::{Key, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// const VISITS: Key<u64> = Key::declare("visits");
    /// session.insert(VISITS, 1).await?;
    /// assert_eq!(session.get::<u64>(&VISITS).await?, Some(1));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    Key in Server
}

typed_key! {
    /// The key of a client field and the type of its values. It derefs to `str`, so the raw key API takes it too.
    ClientKey in Client
}

typed_key! {
    /// The key of a server field that is [indexed](crate::SessionConfig::index), and the type of its values. It derefs
    /// to `str`, so the raw key API takes it too.
    IndexKey in Server
}

// Not in the macro above: the compiler quotes these lines where a field's type cannot be stored.

impl<T> Key<T> {
    /// A key whose values are of type `T`.
    ///
    /// The derive makes one of each field; by hand it serves a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

impl<T> IndexKey<T> {
    /// A key whose values are of type `T`.
    ///
    /// The derive makes one of each field; by hand it serves a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

impl<T> ClientKey<T> {
    /// A key whose values are of type `T`.
    ///
    /// The derive makes one of each field; by hand it serves a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}
