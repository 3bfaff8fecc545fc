//! Typed keys: a key with the type of its values.

pub(crate) mod index_type;
pub(crate) mod index_value;
pub(crate) mod traits;

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::record::json::Json;
use crate::record::side::Side;
use crate::schema::field::check::Check;
use crate::schema::field::codec::{Codec, Decode, Encode};
use crate::schema::field::field_keys::Aliases;
use crate::schema::field::{Field, OnInvalid};

/// A value that a session can store: serde can encode it as JSON and decode it again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a session",
    label = "not a session value",
    note = "session values are stored as JSON: they need serde's `Serialize` and `Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to your types in `{Self}`; other crates often have a `serde` feature",
    note = "if `{Self}` is a session schema, add `#[session(nested)]` to the field, or `#[session(group)]` if it is a group"
)]
pub trait SessionValue: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SessionValue for T {}

/// A map that a session can store. The derive uses it for a field that is declared as a map.
#[diagnostic::on_unimplemented(
    message = "the map `{Self}` cannot be stored in a session",
    label = "its keys or its values cannot be stored",
    note = "keys and values need serde's `Serialize` and `Deserialize`, the keys of a `HashMap` also `Eq` and `Hash`, the keys of a `BTreeMap` also `Ord`",
    note = "in JSON, the keys of a map are texts: keys are strings, numbers, `bool`s, `char`s, or enums without data; for other keys, write `Vec<(K, V)>`"
)]
pub trait SessionMap: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SessionMap for T {}

/// A trait object that a session can store. The derive uses it for a field that is declared with `dyn`.
#[diagnostic::on_unimplemented(
    message = "the trait object `{Self}` cannot be stored in a session",
    label = "has no type to decode",
    note = "write an enum with a variant for each type, and derive serde's `Serialize` and `Deserialize` for it"
)]
pub trait SessionTraitObject: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SessionTraitObject for T {}

macro_rules! typed_key {
    ($(#[$doc:meta])* $name:ident in $side:ident) => {
        $(#[$doc])*
        pub struct $name<T> {
            pub(crate) field: Field<'static, T>,
            pub(crate) encode: Encode<T>,
        }

        impl<T> $name<T> {
            /// Returns the key as text.
            pub const fn as_str(&self) -> &'static str {
                self.field.keys.key
            }

            const fn new(key: &'static str, encode: Encode<T>, decode: Decode<T>) -> Self {
                Self { field: Field::new(Side::$side, key, decode), encode }
            }
        }

        #[doc(hidden)]
        #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "only for the derive")]
        impl<T> $name<T> {
            pub const fn with_codec<C: Codec<Value = T>>(key: &'static str) -> Self {
                Self::new(key, Json::encode_with::<C>, Json::decode_with::<C>)
            }

            pub const fn on_invalid(mut self, on_invalid: OnInvalid) -> Self {
                self.field.on_invalid = on_invalid;
                self
            }

            pub const fn check(mut self, check: Check<T>) -> Self {
                self.field.check = Some(check);
                self
            }

            pub const fn null_is_absent(mut self) -> Self {
                self.field.null_is_absent = true;
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

/// Not for indexed keys: the index contains the values of one key, as they are stored.
macro_rules! key_with_aliases {
    ($($name:ident),*) => {$(
        #[doc(hidden)]
        #[allow(clippy::return_self_not_must_use, reason = "only for the derive")]
        impl<T> $name<T> {
            pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
                self.field.keys.aliases = Aliases::Declared(aliases);
                self
            }

            pub const fn kept_alias(mut self, alias: &'static str) -> Self {
                self.field.keys.kept_alias = Some(alias);
                self
            }

            pub const fn expires_in(mut self, millis: u64) -> Self {
                self.field.expires_in = Some(Duration::from_millis(millis));
                self
            }

            pub const fn migrate(mut self, migrate: fn(&Value) -> Option<T>) -> Self {
                self.field.migrate = Some(migrate);
                self
            }
        }
    )*};
}

key_with_aliases!(Key, ClientKey);

#[doc(hidden)]
#[allow(clippy::return_self_not_must_use, reason = "only for the derive")]
impl<T> Key<T> {
    pub const fn sealed(mut self) -> Self {
        self.field.is_sealed = true;
        self
    }
}

typed_key! {
    /// The key of a server field, with the type of its values. The raw key API takes it and keeps its type, codec
    /// and aliases. It derefs to its text, which is a key without a type.
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
    /// The key of a client field, with the type of its values. The raw key API takes it and keeps its type, codec
    /// and aliases. It derefs to its text, which is a key without a type.
    ClientKey in Client
}

typed_key! {
    /// The key of an [indexed](crate::SessionConfig::index) server field, with the type of its values. It derefs to
    /// `str`, so the raw key API accepts it.
    IndexKey in Server
}

// Not in the macro above, because the compiler quotes these lines if a field's type cannot be stored.

impl<T> Key<T> {
    /// Creates a key whose values are of type `T`.
    ///
    /// The derive creates one for each field. Create one yourself for a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

impl<T> IndexKey<T> {
    /// Creates a key whose values are of type `T`.
    ///
    /// The derive creates one for each field. Create one yourself for a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

impl<T> ClientKey<T> {
    /// Creates a key whose values are of type `T`.
    ///
    /// The derive creates one for each field. Create one yourself for a key of the raw API.
    pub const fn declare(key: &'static str) -> Self
    where
        T: SessionValue,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

#[doc(hidden)]
#[allow(clippy::must_use_candidate, reason = "only for the derive")]
impl<T> Key<T> {
    pub const fn declare_map(key: &'static str) -> Self
    where
        T: SessionMap,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }

    pub const fn declare_trait_object(key: &'static str) -> Self
    where
        T: SessionTraitObject,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}

#[doc(hidden)]
#[allow(clippy::must_use_candidate, reason = "only for the derive")]
impl<T> ClientKey<T> {
    pub const fn declare_map(key: &'static str) -> Self
    where
        T: SessionMap,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }

    pub const fn declare_trait_object(key: &'static str) -> Self
    where
        T: SessionTraitObject,
    {
        Self::new(key, Json::encode::<T>, Json::decode::<T>)
    }
}
