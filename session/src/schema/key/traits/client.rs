//! Keys of the client state: a text, a `ClientKey` or a `ClientEntryKey`.

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
use crate::schema::key::ClientKey;
use crate::schema::key::traits::sealed::Sealed;
use crate::schema::keyed::entry::ClientEntryKey;

/// A key of the client state, where the type of its values does not matter: the methods with `_raw`. Sealed.
///
/// - A text: `&str`, `String` or `Cow<str>`, also by reference. It is one key.
/// - A [`ClientKey`] or a [`ClientEntryKey`], also by reference. Its aliases belong to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of client state",
    label = "expected a text, or the key constant of a client field",
    note = "a server key belongs to the session itself: use `session.get_raw(..)` instead of `session.client().get_raw(..)`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::WIDTHS.key(&7)`"
)]
pub trait AnyClientKey: Sealed {
    /// Returns the field with its JSON as values, without the type of a typed key.
    #[doc(hidden)]
    fn raw_client_field(&self) -> Field<'_, Value>;

    /// Returns the time after which the values of a typed key expire.
    #[doc(hidden)]
    fn client_expiry(&self) -> Option<Duration> {
        None
    }

    /// Runs the `check` of a typed key's field.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc, reason = "not public")]
    fn check_client_json(&self, _: &Json) -> Result<(), Error> {
        Ok(())
    }
}

/// A key of the client state whose values can be read as a `T`: `get` and `remove` of
/// [`ClientState`](crate::ClientState) and [`ClientStateMut`](crate::ClientStateMut). Sealed.
///
/// - A text, if serde can deserialize `T`.
/// - A [`ClientKey<T>`] or a [`ClientEntryKey<T>`], also by reference. It decodes as its accessors do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of client state with values of type `{T}`",
    label = "expected a text, or the key constant of a client field of type `{T}`",
    note = "a typed key reads values of its own type; to read another type, pass its text: `&*Visitor::THEME`",
    note = "a server key belongs to the session itself: use `session.get(..)` instead of `session.client().get(..)`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::WIDTHS.key(&7)`"
)]
pub trait ReadClientKey<T>: AnyClientKey {
    #[doc(hidden)]
    fn client_field(&self) -> Field<'_, T>;
}

/// A key of the client state to which a `T` can be written: [`insert`](crate::ClientStateMut::insert). Sealed.
///
/// - A text, if serde can serialize `T`.
/// - A [`ClientKey<T>`] or a [`ClientEntryKey<T>`], also by reference. It encodes as its accessors do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of client state with values of type `{T}`",
    label = "expected a text, or the key constant of a client field of type `{T}`",
    note = "a typed key stores values of its own type; to store another type, pass its text: `&*Visitor::THEME`",
    note = "a server key belongs to the session itself: use `session.insert(..)` instead of `session.client_mut().insert(..)`",
    note = "a `keyed` field has one key for each entry: pass that key, for example `Visitor::WIDTHS.key(&7)`"
)]
pub trait WriteClientKey<T>: AnyClientKey {
    #[doc(hidden)]
    fn client_encoder(&self) -> Encode<T>;

    /// Returns the field of a typed key.
    #[doc(hidden)]
    fn typed_client_field(&self) -> Option<Field<'_, T>> {
        None
    }
}

macro_rules! text {
    ($($key:ty),*) => {$(
        // The message names the accepted keys, so the compiler need not list their types.
        #[diagnostic::do_not_recommend]
        impl AnyClientKey for $key {
            #[inline]
            fn raw_client_field(&self) -> Field<'_, Value> {
                Field::new(Side::Client, self, Json::decode)
            }
        }

        impl<T: DeserializeOwned> ReadClientKey<T> for $key {
            #[inline]
            fn client_field(&self) -> Field<'_, T> {
                Field::new(Side::Client, self, Json::decode)
            }
        }

        impl<T: Serialize> WriteClientKey<T> for $key {
            #[inline]
            fn client_encoder(&self) -> Encode<T> {
                Json::encode
            }
        }
    )*};
}

for_each_text!(text);

macro_rules! typed {
    ($($key:ty: [$($field:tt)+] [$($encode:tt)+]),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> AnyClientKey for $key {
            #[inline]
            fn raw_client_field(&self) -> Field<'_, Value> {
                self.$($field)+.to_raw()
            }

            #[inline]
            fn client_expiry(&self) -> Option<Duration> {
                self.$($field)+.expires_in
            }

            fn check_client_json(&self, value: &Json) -> Result<(), Error> {
                self.$($field)+.check_json(value)
            }
        }

        impl<T> ReadClientKey<T> for $key {
            #[inline]
            fn client_field(&self) -> Field<'_, T> {
                self.$($field)+
            }
        }

        impl<T> WriteClientKey<T> for $key {
            #[inline]
            fn client_encoder(&self) -> Encode<T> {
                self.$($encode)+
            }

            #[inline]
            fn typed_client_field(&self) -> Option<Field<'_, T>> {
                Some(self.$($field)+)
            }
        }
    )*};
}

typed! {
    ClientKey<T>: [field] [encode],
    &ClientKey<T>: [field] [encode],
    ClientEntryKey<T>: [entry.field()] [entry.encode],
    &ClientEntryKey<T>: [entry.field()] [entry.encode]
}
