//! Keys of the server state: a text, a `Key`, an `IndexKey` or an `EntryKey`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::key::traits::sealed::Sealed;
use crate::schema::key::{IndexKey, Key};
use crate::schema::keyed::entry::EntryKey;

/// A key of the server state, where the type of its values does not matter: [`unset`](crate::Session::unset) and the
/// methods with `_raw`. Sealed.
///
/// - A text: `&str`, `String` or `Cow<str>`, also by reference. It is one key.
/// - A [`Key`], an [`IndexKey`] or an [`EntryKey`], also by reference. Its aliases belong to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of server state",
    label = "expected a text, or the key constant of a server field",
    note = "a client key belongs to the client state: use `session.client()` or `session.client_mut()`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::CART.key(&7)`"
)]
pub trait AnyKey: Sealed {
    /// Returns the field with its JSON as values, without the type of a typed key.
    #[doc(hidden)]
    fn raw_field(&self) -> Field<'_, Value>;

    /// Returns the time after which the values of a typed key expire.
    #[doc(hidden)]
    fn expires_in(&self) -> Option<Duration> {
        None
    }

    /// Runs the `check` of a typed key's field.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc, reason = "not public")]
    fn check_json(&self, _: &Json) -> Result<(), Error> {
        Ok(())
    }

    /// Returns true if the field of a typed key is sealed.
    #[doc(hidden)]
    fn is_sealed(&self) -> bool {
        false
    }

    /// Returns true if the application must have configured the index of the key.
    #[doc(hidden)]
    fn is_indexed(&self) -> bool {
        false
    }
}

/// A key of the server state whose values can be read as a `T`: [`get`](crate::Session::get) and
/// [`remove`](crate::Session::remove). Sealed.
///
/// - A text, if serde can deserialize `T`.
/// - A [`Key<T>`], an [`IndexKey<T>`] or an [`EntryKey<T>`], also by reference. It decodes as its accessors do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of server state with values of type `{T}`",
    label = "expected a text, or the key constant of a server field of type `{T}`",
    note = "a typed key reads values of its own type; to read another type, pass its text: `&*Visitor::USER_ID`",
    note = "a client key belongs to the client state: use `session.client()` or `session.client_mut()`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::CART.key(&7)`"
)]
pub trait ReadKey<T>: AnyKey {
    #[doc(hidden)]
    fn field(&self) -> Field<'_, T>;
}

/// A key of the server state to which a `T` can be written: [`insert`](crate::Session::insert). Sealed.
///
/// - A text, if serde can serialize `T`.
/// - A [`Key<T>`], an [`IndexKey<T>`] or an [`EntryKey<T>`], also by reference. It encodes as its accessors do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of server state with values of type `{T}`",
    label = "expected a text, or the key constant of a server field of type `{T}`",
    note = "a typed key stores values of its own type; to store another type, pass its text: `&*Visitor::USER_ID`",
    note = "a client key belongs to the client state: use `session.client_mut()`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::CART.key(&7)`"
)]
pub trait WriteKey<T>: AnyKey {
    #[doc(hidden)]
    fn encoder(&self) -> Encode<T>;

    /// Returns the field of a typed key.
    #[doc(hidden)]
    fn typed_field(&self) -> Option<Field<'_, T>> {
        None
    }
}

/// A key of the server state that holds values of type `T`: [`update`](crate::Session::update). Sealed.
///
/// - A text, if serde can serialize and deserialize `T`.
/// - A [`Key<T>`], an [`IndexKey<T>`] or an [`EntryKey<T>`], also by reference. It decodes and encodes as its accessors do.
///
/// A function of an application may take every such key:
///
/// ```
/// use session::key::IntoKey;
/// use session::{Error, Key, Session};
///
/// const VISITS: Key<u64> = Key::declare("visits");
///
/// async fn count(session: &mut Session, key: impl IntoKey<u64>) -> Result<u64, Error> {
///     let count = |count: &mut Option<u64>| *count.insert(count.unwrap_or(0) + 1);
///     session.update(key, count).await
/// }
///
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// assert_eq!(count(&mut session, VISITS).await?, 1);
/// assert_eq!(count(&mut session, "downloads").await?, 1);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of server state with values of type `{T}`",
    label = "expected a text, or the key constant of a server field of type `{T}`",
    note = "a typed key updates values of its own type; to update another type, pass its text: `&*Visitor::USER_ID`",
    note = "a client key belongs to the client state: use its accessor, or `session.client_mut()`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::CART.key(&7)`"
)]
pub trait IntoKey<T>: ReadKey<T> + WriteKey<T> {}

/// A typed key of a server field: [`Key`] or [`IndexKey`], for [`log_in`](crate::Session::log_in). Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a typed key of a server field with values of type `{T}`",
    label = "expected a key constant of a server field",
    note = "use the key constant that the derive creates, for example `Visitor::USER_ID`, or `Login::USER_ID` for a field of a group",
    note = "a client field cannot identify a user: the client keeps its value, so `log_in` needs a server field"
)]
pub trait LoginKey<T>: IntoKey<T> {}

macro_rules! text {
    ($($key:ty),*) => {$(
        // The message names the accepted keys, so the compiler need not list their types.
        #[diagnostic::do_not_recommend]
        impl AnyKey for $key {
            #[inline]
            fn raw_field(&self) -> Field<'_, Value> {
                Field::new(Side::Server, self, Json::decode)
            }
        }

        impl<T: DeserializeOwned> ReadKey<T> for $key {
            #[inline]
            fn field(&self) -> Field<'_, T> {
                Field::new(Side::Server, self, Json::decode)
            }
        }

        impl<T: Serialize> WriteKey<T> for $key {
            #[inline]
            fn encoder(&self) -> Encode<T> {
                Json::encode
            }
        }

        impl<T: Serialize + DeserializeOwned> IntoKey<T> for $key {}
    )*};
}

for_each_text!(text);

macro_rules! typed {
    ($($key:ty: [$($field:tt)+] [$($encode:tt)+] $is_indexed:literal),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> AnyKey for $key {
            #[inline]
            fn raw_field(&self) -> Field<'_, Value> {
                self.$($field)+.to_raw()
            }

            #[inline]
            fn expires_in(&self) -> Option<Duration> {
                self.$($field)+.expires_in
            }

            fn check_json(&self, value: &Json) -> Result<(), Error> {
                self.$($field)+.check_json(value)
            }

            #[inline]
            fn is_sealed(&self) -> bool {
                self.$($field)+.is_sealed
            }

            #[inline]
            fn is_indexed(&self) -> bool {
                $is_indexed
            }
        }

        impl<T> ReadKey<T> for $key {
            #[inline]
            fn field(&self) -> Field<'_, T> {
                self.$($field)+
            }
        }

        impl<T> WriteKey<T> for $key {
            #[inline]
            fn encoder(&self) -> Encode<T> {
                self.$($encode)+
            }

            #[inline]
            fn typed_field(&self) -> Option<Field<'_, T>> {
                Some(self.$($field)+)
            }
        }

        impl<T> IntoKey<T> for $key {}
    )*};
}

typed! {
    Key<T>: [field] [encode] false,
    &Key<T>: [field] [encode] false,
    IndexKey<T>: [field] [encode] true,
    &IndexKey<T>: [field] [encode] true,
    EntryKey<T>: [entry.field()] [entry.encode] false,
    &EntryKey<T>: [entry.field()] [entry.encode] false
}

#[diagnostic::do_not_recommend]
impl<T> LoginKey<T> for Key<T> {}
#[diagnostic::do_not_recommend]
impl<T> LoginKey<T> for &Key<T> {}
#[diagnostic::do_not_recommend]
impl<T> LoginKey<T> for IndexKey<T> {}
#[diagnostic::do_not_recommend]
impl<T> LoginKey<T> for &IndexKey<T> {}
