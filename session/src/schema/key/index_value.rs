//! The values with which the sessions of an indexed key are found: of the key's type, or borrowed.

use std::borrow::Cow;

use crate::error::Error;
use crate::record::index::IndexHash;
use crate::schema::key::IndexKey;

/// A value of an [`IndexKey<T>`]: a `T`, a `str` if `T` is a text, or a slice if `T` is a list.
///
/// A borrowed value is converted to a `T` and encoded by the key, so that its index entry is always the one of the `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of an `IndexKey<{T}>`",
    label = "expected a `{T}`",
    note = "pass a reference to a `{T}`; a key of `String` also takes a `&str`, and a key of `Vec<T>` a `&[T]`"
)]
pub trait IndexValue<T> {
    /// Calls `f` with the value as a `T`.
    #[doc(hidden)]
    fn with_value<R>(&self, f: impl FnOnce(&T) -> R) -> R;
}

#[diagnostic::do_not_recommend]
impl<T> IndexValue<T> for T {
    fn with_value<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(self)
    }
}

macro_rules! borrowed {
    ($($owned:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IndexValue<$owned> for str {
            fn with_value<R>(&self, f: impl FnOnce(&$owned) -> R) -> R {
                f(&self.into())
            }
        }
    )*};
}

borrowed!(String, Box<str>);

#[diagnostic::do_not_recommend]
impl IndexValue<Cow<'static, str>> for str {
    fn with_value<R>(&self, f: impl FnOnce(&Cow<'static, str>) -> R) -> R {
        f(&Cow::Owned(self.to_owned()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> IndexValue<Vec<T>> for [T] {
    fn with_value<R>(&self, f: impl FnOnce(&Vec<T>) -> R) -> R {
        f(&self.to_vec())
    }
}

impl<T> IndexKey<T> {
    /// Returns the index entry of a value.
    pub(crate) fn hash(&self, value: &(impl IndexValue<T> + ?Sized)) -> Result<IndexHash, Error> {
        let encoded = value.with_value(self.encode);
        let encoded = encoded.map_err(|error| error.into_error::<T>(self.field.side, self.as_str()))?;
        Ok(IndexHash::new(self.as_str(), &encoded))
    }
}
