//! Typed keys: a key, and the type of the values under it.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{EncodeError, Json};

/// A value that a session can keep: it can be written as JSON and read back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a session",
    label = "not a session value",
    note = "session values are kept as JSON: they need serde's `Serialize` and `Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to your types in `{Self}`; other crates often have a `serde` feature"
)]
pub trait SessionValue: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SessionValue for T {}

macro_rules! typed_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T> {
            key: &'static str,
            pub(crate) codec: Codec<T>,
        }

        impl<T> $name<T> {
            /// The key itself.
            pub const fn as_str(&self) -> &'static str {
                self.key
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
                self.key
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.key)
            }
        }
    };
}

typed_key! {
    /// The key of a server field and the type of its values. It derefs to `str`, so the raw key API takes it too.
    ///
    /// ```
    /// # use session::{Key, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// const VISITS: Key<u64> = Key::declare("visits");
    /// session.insert(&*VISITS, 1).await?;
    /// assert_eq!(session.get::<u64>(&VISITS).await?, Some(1));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    Key
}

typed_key! {
    /// The key of a client field and the type of its values. It derefs to `str`, so the raw key API takes it too.
    ClientKey
}

typed_key! {
    /// The key of a server field that is [indexed](crate::SessionConfig::index), and the type of its values. It derefs
    /// to `str`, so the raw key API takes it too.
    IndexKey
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
        Self { key, codec: Codec::new() }
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
        Self { key, codec: Codec::new() }
    }
}

impl<T> IndexKey<T> {
    pub(crate) fn as_key(&self) -> Key<T> {
        Key { key: self.key, codec: self.codec }
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
        Self { key, codec: Codec::new() }
    }
}

/// How the values of one type are written and read. The bounds are checked where it is made, and nowhere else.
pub(crate) struct Codec<T> {
    pub(crate) encode: fn(&T) -> Result<Json, EncodeError>,
    pub(crate) decode: fn(&Json) -> serde_json::Result<T>,
}

impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Codec<T> {}

impl<T> Codec<T> {
    pub(crate) const fn new() -> Self
    where
        T: Serialize + DeserializeOwned,
    {
        Self { encode: Json::encode::<T>, decode: Json::decode::<T> }
    }
}
