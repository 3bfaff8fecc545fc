//! Schemas: what `#[derive(SessionSchema)]` implements, and the typed handles that reach its accessors.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::declaration::SchemaInfo;
use crate::error::Error;
use crate::session::Session;
use crate::values::Values;

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

    /// Every field but flash, as its getter reads it.
    #[doc(hidden)]
    type Snapshot;

    #[doc(hidden)]
    const SCHEMA: &'static SchemaInfo;

    #[doc(hidden)]
    fn reader(session: Session) -> Self::Reader;

    #[doc(hidden)]
    fn writer(session: Session) -> Self::Writer;

    #[doc(hidden)]
    fn snapshot(view: &View<'_>) -> Result<Self::Snapshot, Error>;

    /// The declaration: keys, sides, types, aliases, docs. For inspectors and tests.
    ///
    /// ```
    /// # use session::{SessionSchema, Side};
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     /// Who is signed in.
    ///     #[session(key = "user.id")]
    ///     user_id: u64,
    /// }
    ///
    /// let [field] = Visitor::schema().fields() else { panic!("one field") };
    /// assert_eq!((field.name(), field.key(), field.type_name()), ("user_id", "user.id", "u64"));
    /// assert_eq!((field.side(), field.docs()), (Side::Server, "Who is signed in."));
    /// ```
    fn schema() -> &'static SchemaInfo {
        Self::SCHEMA
    }
}

/// Every field of a schema but flash, read at once: a struct with a public field for each, `Option<T>`, or `T` where
/// there is a default, and the snapshots of nested schemas. It is `Serialize` if its fields are, under their names.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Snapshot, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// #[derive(SessionSchema)]
/// struct Visitor {
///     user_id: u64,
///     #[session(client, default)]
///     dark: bool,
/// }
///
/// let visitor: Snapshot<Visitor> = session.snapshot::<Visitor>().await?;
/// assert_eq!(visitor.user_id, None);
/// assert_eq!(serde_json::to_string(&visitor).unwrap(), r#"{"user_id":null,"dark":false}"#);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
pub type Snapshot<S> = <S as SessionSchema>::Snapshot;

/// What a snapshot is read from: one consistent view of both halves of a session.
pub struct View<'a> {
    pub(crate) session: &'a Session,
    pub(crate) server: Values,
    pub(crate) client: Values,
}

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

    /// Every field of a schema but flash, as its getter reads it, in one consistent view. Costs one load, unless it is
    /// done or there is no record. The typed handles have it too: `visitor.snapshot()`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): what a field holds is not of its type, and the field does not forgive that
    ///   (`on_invalid`).
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn snapshot<S: SessionSchema>(&self) -> Result<Snapshot<S>, Error> {
        self.shared().verify().await?;
        let (server, client) = self.shared().state().views();
        S::snapshot(&View { session: self, server, client })
    }
}

/// A request's session through the accessors of a schema: getters and setters, and the verbs of [`Session`] besides.
///
/// It is an extractor where a framework's feature is on, and [`Session::typed_mut`] gives one out.
///
/// Read first and write then: a getter inside a setter's argument borrows the handle twice.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
/// # #[derive(SessionSchema)]
/// # struct Visitor { #[session(client, default)] dark: bool }
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let mut visitor = session.typed_mut::<Visitor>();
/// let dark = visitor.dark()?;
/// visitor.set_dark(!dark)?;
/// # Ok::<(), session::Error>(())
/// ```
pub struct Typed<S: SessionSchema> {
    writer: S::Writer,
    // Last, so that a missing derive is reported at the field above, once.
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> Typed<S> {
    pub(crate) fn new(session: Session) -> Self {
        session.shared().retire(S::SCHEMA);
        Self { writer: S::writer(session), schema: PhantomData }
    }
}

impl<S: SessionSchema> Typed<S> {
    /// As [`Session::snapshot`].
    ///
    /// # Errors
    ///
    /// As [`Session::snapshot`].
    pub async fn snapshot(&self) -> Result<Snapshot<S>, Error> {
        Session::snapshot::<S>(self).await
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

impl<S: SessionSchema> ReadOnly<S> {
    /// As [`Session::snapshot`].
    ///
    /// # Errors
    ///
    /// As [`Session::snapshot`].
    pub async fn snapshot(&self) -> Result<Snapshot<S>, Error> {
        Session::snapshot::<S>(self).await
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
