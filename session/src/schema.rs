//! Schemas: what `#[derive(SessionSchema)]` implements, and the typed handles that reach its accessors.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::Codec;
use crate::session::Session;

/// A declaration of session keys, made by [`#[derive(SessionSchema)]`](derive@crate::SessionSchema).
///
/// Nobody builds a value of it; [`Typed`] and [`ReadOnly`] reach the accessors that the derive makes of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session schema",
    label = "expected a struct with `#[derive(SessionSchema)]`",
    note = "add `#[derive(session::SessionSchema)]` to `{Self}`"
)]
pub trait SessionSchema: 'static {
    /// The getters.
    #[doc(hidden)]
    type Reader: Deref<Target = Session> + Send + Sync + 'static;

    /// The getters and setters.
    #[doc(hidden)]
    type Writer: DerefMut<Target = Self::Reader> + Send + Sync + 'static;

    #[doc(hidden)]
    fn reader(session: Session) -> Self::Reader;

    #[doc(hidden)]
    fn writer(session: Session) -> Self::Writer;
}

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

/// The typed views.
impl Session {
    /// The accessors of a schema, to read.
    pub fn typed<S: SessionSchema>(&self) -> ReadOnly<S> {
        ReadOnly::new(self.another())
    }

    /// The accessors of a schema, to read and write.
    pub fn typed_mut<S: SessionSchema>(&mut self) -> Typed<S> {
        Typed::new(self.another())
    }
}

/// A request's session through the accessors of a schema: getters and setters, and the verbs of [`Session`] besides.
///
/// It is an extractor where a framework's feature is on, and [`Session::typed_mut`] gives one out.
pub struct Typed<S: SessionSchema> {
    writer: S::Writer,
    // Last, so that a missing derive is reported at the field above, once.
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> Typed<S> {
    pub(crate) fn new(session: Session) -> Self {
        Self { writer: S::writer(session), schema: PhantomData }
    }
}

impl<S: SessionSchema> Deref for Typed<S> {
    type Target = S::Writer;

    fn deref(&self) -> &S::Writer {
        &self.writer
    }
}

impl<S: SessionSchema> DerefMut for Typed<S> {
    fn deref_mut(&mut self) -> &mut S::Writer {
        &mut self.writer
    }
}

impl<S: SessionSchema> fmt::Debug for Typed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session: &Session = &self.writer;
        f.debug_tuple("Typed").field(session).finish()
    }
}

/// A request's session through the getters of a schema.
///
/// It is an extractor where a framework's feature is on, and [`Session::typed`] gives one out.
pub struct ReadOnly<S: SessionSchema> {
    reader: S::Reader,
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> ReadOnly<S> {
    pub(crate) fn new(session: Session) -> Self {
        Self { reader: S::reader(session), schema: PhantomData }
    }
}

impl<S: SessionSchema> Deref for ReadOnly<S> {
    type Target = S::Reader;

    fn deref(&self) -> &S::Reader {
        &self.reader
    }
}

impl<S: SessionSchema> fmt::Debug for ReadOnly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session: &Session = &self.reader;
        f.debug_tuple("ReadOnly").field(session).finish()
    }
}

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
