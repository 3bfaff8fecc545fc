//! The typed constants of keyed fields: `KeyPrefix` and `ClientKeyPrefix`.

use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::schema::field::check::Check;
use crate::schema::field::codec::{Codec, Decode, Encode};
use crate::schema::field::field_keys::Aliases;
use crate::schema::field::{Field, OnInvalid};
use crate::schema::key::SessionValue;
use crate::schema::keyed::entry::{ClientEntryKey, Entry, EntryKey};
use crate::schema::keyed::entry_key::escape_all;
use crate::schema::keyed::key_part::{KeyPart, KeyParts};
use crate::schema::keyed::keyed_field::KeyedField;

macro_rules! key_prefix {
    ($(#[$doc:meta])* $name:ident in $side:ident, $entry_key:ident) => {
        $(#[$doc])*
        pub struct $name<K, T> {
            pub(crate) keyed: KeyedField<K, T>,
        }

        impl<K, T> $name<K, T> {
            /// Creates the prefix of entries with parts of type `K` and values of type `T`.
            ///
            /// The derive creates one for each `keyed` field. Create one yourself for keys of the raw API.
            pub const fn declare(key: &'static str) -> Self
            where
                K: KeyPart,
                T: SessionValue,
            {
                Self::new(key, KeyParts::declare(), EntryValues::declare())
            }

            /// Returns the session key of the entry `part`, for the raw key API. `:` and `%` of the part are escaped.
            ///
            /// # Panics
            ///
            /// If the `Display` of the part returns an error.
            pub fn key<Q: Display + ?Sized>(&self, part: &Q) -> $entry_key<T>
            where
                K: Borrow<Q>,
            {
                let Ok(escaped) = escape_all(part) else { panic!("the `Display` of a part returned an error") };
                $entry_key { entry: Entry::new(self.keyed.field, self.keyed.encode, &escaped) }
            }
        }

        #[doc(hidden)]
        #[allow(
            clippy::must_use_candidate,
            clippy::return_self_not_must_use,
            clippy::missing_errors_doc,
            reason = "only for the derive"
        )]
        impl<K, T> $name<K, T> {
            pub const fn new(key: &'static str, parts: KeyParts<K, T>, values: EntryValues<T>) -> Self {
                let EntryValues { encode, decode } = values;
                Self { keyed: KeyedField { field: Field::new(Side::$side, key, decode), encode, parts } }
            }

            pub const fn on_invalid(mut self, on_invalid: OnInvalid) -> Self {
                self.keyed.field.on_invalid = on_invalid;
                self
            }

            pub const fn null_is_absent(mut self) -> Self {
                self.keyed.field.null_is_absent = true;
                self
            }

            pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
                self.keyed.field.keys.aliases = Aliases::Declared(aliases);
                self
            }

            pub const fn kept_alias(mut self, alias: &'static str) -> Self {
                self.keyed.field.keys.kept_alias = Some(alias);
                self
            }

            pub const fn check(mut self, check: Check<T>) -> Self {
                self.keyed.field.check = Some(check);
                self
            }

            pub const fn expires_in(mut self, millis: u64) -> Self {
                self.keyed.field.expires_in = Some(Duration::from_millis(millis));
                self
            }

            pub const fn migrate(mut self, migrate: fn(&Value) -> Option<T>) -> Self {
                self.keyed.field.migrate = Some(migrate);
                self
            }

            pub fn entry(&self, part: &K) -> Result<Entry<T>, Error> {
                self.keyed.entry(part)
            }

            pub fn entry_of_text(&self, part: &str) -> Result<Entry<T>, Error> {
                self.keyed.entry_of_text(part)
            }
        }

        impl<K, T> Clone for $name<K, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<K, T> Copy for $name<K, T> {}

        impl<K, T> fmt::Debug for $name<K, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.keyed.field.keys.key)
            }
        }
    };
}

#[doc(hidden)]
#[allow(clippy::return_self_not_must_use, reason = "only for the derive")]
impl<K, T> KeyPrefix<K, T> {
    pub const fn sealed(mut self) -> Self {
        self.keyed.field.is_sealed = true;
        self
    }
}

key_prefix! {
    /// The constant of a `keyed` server field, with the types of its parts and values.
    ///
    /// Each entry has its own session key. [`key`](Self::key) returns it for the raw key API, with its type:
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(keyed)]
    ///     seats: BTreeMap<String, u32>,
    /// }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    ///
    /// session.typed_mut::<Visitor>().set_seats("row:7", 12)?;
    /// let key = Visitor::SEATS.key("row:7");
    /// assert_eq!(&*key, "seats:row%3A7");
    /// assert_eq!(session.get(&key).await?, Some(12));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    KeyPrefix in Server, EntryKey
}

key_prefix! {
    /// The constant of a `keyed` client field, with the types of its parts and values.
    ///
    /// Like [`KeyPrefix`], for the raw key API of client state.
    ClientKeyPrefix in Client, ClientEntryKey
}

/// The functions that encode and decode the values of entries.
pub struct EntryValues<T> {
    encode: Encode<T>,
    decode: Decode<T>,
}

#[doc(hidden)]
#[allow(clippy::must_use_candidate, reason = "only for the derive")]
impl<T> EntryValues<T> {
    pub const fn declare() -> Self
    where
        T: SessionValue,
    {
        Self { encode: Json::encode::<T>, decode: Json::decode::<T> }
    }

    pub const fn with_codec<C: Codec<Value = T>>() -> Self {
        Self { encode: Json::encode_with::<C>, decode: Json::decode_with::<C> }
    }
}
