//! The traits of the keys that the raw key API takes: texts and typed keys of each side.

/// Calls a macro with all types of texts that are keys. A list instead of one implementation for all `AsRef<str>`, so that
/// the compiler reports a wrong type of key as such, and not as a missing `AsRef`.
macro_rules! for_each_text {
    ($macro:ident) => {
        $macro! { &str, &&str, String, &String, Cow<'_, str>, &Cow<'_, str>, &Box<str>, &Arc<str> }
    };
}

pub(crate) mod client;
pub(crate) mod server;

mod sealed {
    use std::borrow::Cow;
    use std::sync::Arc;

    use crate::schema::key::{ClientKey, IndexKey, Key};
    use crate::schema::keyed::entry::{ClientEntryKey, EntryKey};

    pub trait Sealed {}

    macro_rules! seal {
        ($($key:ty),*) => {$( impl Sealed for $key {} )*};
    }

    for_each_text!(seal);

    macro_rules! seal_typed {
        ($($key:ident),*) => {$(
            impl<T> Sealed for $key<T> {}
            impl<T> Sealed for &$key<T> {}
        )*};
    }

    seal_typed!(Key, IndexKey, ClientKey, EntryKey, ClientEntryKey);
}
