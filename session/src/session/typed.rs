//! The typed view of a session: the schema trait, `Typed`, `ReadOnly` and `Snapshot`.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::values::Values;
use crate::request::fields;
use crate::request::manager_inner::ManagerInner;
use crate::schema::assert_schema::Shapes;
use crate::schema::info::SchemaInfo;
use crate::session::handle::Session;

/// A schema of session keys. Implement it with [`#[derive(SessionSchema)]`](derive.SessionSchema.html).
///
/// The struct is never instantiated, except as the value of a `group`. [`Typed`] and [`ReadOnly`] provide the accessors of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session schema",
    label = "expected a struct with `#[derive(SessionSchema)]`",
    note = "add `#[derive(session::SessionSchema)]` to `{Self}`"
)]
pub trait SessionSchema: 'static {
    #[doc(hidden)]
    type Reader: Deref<Target = Session> + Send + Sync + 'static;

    #[doc(hidden)]
    type Writer: DerefMut<Target = Self::Reader> + Send + Sync + 'static;

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

    /// Finds the shape of each field's type. Instantiated only in a test with `assert_schema!`.
    #[doc(hidden)]
    fn shapes(shapes: &mut Shapes);

    /// Returns the declaration: keys, sides, types, aliases, docs. For inspectors and tests.
    ///
    /// ```
    /// # use session::{SessionSchema, Side};
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     /// Who is logged in.
    ///     #[session(key = "user.id")]
    ///     user_id: u64,
    /// }
    ///
    /// let [field] = Visitor::schema().fields() else { panic!("one field") };
    /// assert_eq!((field.name(), field.key(), field.type_name()), ("user_id", "user.id", "u64"));
    /// assert_eq!((field.side(), field.docs()), (Side::Server, "Who is logged in."));
    /// ```
    fn schema() -> &'static SchemaInfo {
        Self::SCHEMA
    }
}

/// All fields of a schema except flash and secret fields, read at once.
///
/// A struct with a public field for each: `Option<T>`, `T` if there is a default, or the snapshot of a nested schema. It
/// is `Serialize` if its fields are. The snapshot of a `group` is an `Option` of a struct whose fields are of type `T`.
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

/// The values of both sides at one moment, from which a snapshot is decoded.
pub struct View<'a> {
    pub(crate) session: &'a Session,
    pub(crate) record: Option<SessionId>,
    pub(crate) server: Values,
    pub(crate) client: Values,
}

impl View<'_> {
    /// Returns the context for decoding its values.
    pub(crate) fn context(&self) -> &ManagerInner {
        &self.session.inner().manager
    }
}

/// Typed views.
impl Session {
    /// Returns the accessors of a schema, for reading. No I/O.
    pub fn typed<S: SessionSchema>(&self) -> ReadOnly<S> {
        ReadOnly::new(self.clone_handle())
    }

    /// Returns the accessors of a schema, for reading and writing. No I/O.
    pub fn typed_mut<S: SessionSchema>(&mut self) -> Typed<S> {
        Typed::new(self.clone_handle())
    }

    /// Returns all fields of a schema except flash and secret fields, in one consistent view. Costs one load, unless the session is
    /// loaded already. The typed handles have the same method: `visitor.snapshot()`.
    ///
    /// # Errors
    ///
    /// - [`Value`](crate::ErrorKind::Value): a stored value is not of its field's type, and the field has no `on_invalid`.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn snapshot<S: SessionSchema>(&self) -> Result<Snapshot<S>, Error> {
        self.inner().protect(S::SCHEMA);
        S::snapshot(&self.view().await?)
    }

    /// Returns all values, after one load.
    pub(crate) async fn view(&self) -> Result<View<'_>, Error> {
        self.inner().load().await?;
        let state = self.inner().state();
        let (server, client) = state.all_values();
        Ok(View { session: self, record: state.record_id(), server, client })
    }
}

/// A session with the getters and setters of a schema. It also has all methods of [`Session`].
///
/// With the feature of a framework it is an extractor. [`Session::typed_mut`] returns one.
///
/// Call a getter before a setter, not inside of its argument, which would borrow the handle twice:
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
    // Last, so that the compiler reports a missing derive once, at the field above.
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> Typed<S> {
    pub(crate) fn new(session: Session) -> Self {
        session.inner().manager.report_missing_index(S::SCHEMA);
        session.inner().retire(S::SCHEMA);
        session.inner().protect(S::SCHEMA);
        Self { writer: S::writer(session), schema: PhantomData }
    }

    /// Creates the view for an extractor: the manager may refuse the schema.
    #[cfg(any(feature = "axum", feature = "actix"))]
    pub(crate) fn try_new(session: Session) -> Result<Self, Error> {
        session.check_schema::<S>()?;
        Ok(Self::new(session))
    }
}

impl<S: SessionSchema> Typed<S> {
    /// Returns all fields of the schema except flash and secret fields: [`Session::snapshot`]. Costs one load, unless the
    /// session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`Session::snapshot`].
    pub async fn snapshot(&self) -> Result<Snapshot<S>, Error> {
        Session::snapshot::<S>(self).await
    }
}

impl<S: SessionSchema> Typed<S> {
    /// Removes all fields of the schema and of its nested schemas, without reading them. No load and no I/O before the
    /// commit, except one load for `keyed` server fields: it shows which entries they have.
    ///
    /// Fields of both sides are removed, flash messages and values under an `alias` included. Keys of other schemas and keys
    /// of the raw key API stay. Where a session has no client state, for example one opened by its id, only the server
    /// fields are removed.
    ///
    /// [`Session::clear`] and [`Session::delete`] act on the whole session.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// #[derive(SessionSchema)]
    /// struct Login {
    ///     user_id: u64,
    ///     roles: Vec<String>,
    /// }
    ///
    /// session.insert("referrer", "newsletter").await?;
    /// let mut login = session.typed_mut::<Login>();
    /// login.set_user_id(7)?;
    /// login.unset_all().await?;
    /// assert_eq!(login.user_id().await?, None);
    /// assert_eq!(session.get::<String>("referrer").await?.as_deref(), Some("newsletter"));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized.
    /// - [`Store`](crate::ErrorKind::Store): the schema has keyed fields, and the store could not be reached.
    #[doc(alias = "clear")]
    pub async fn unset_all(&mut self) -> Result<(), Error> {
        fields::unset_all(self.inner(), S::SCHEMA).await
    }
}

/// For an extractor that is generic over [`Session`], [`Typed`] and [`ReadOnly`]. No I/O.
impl<S: SessionSchema> From<Session> for Typed<S> {
    fn from(session: Session) -> Self {
        Self::new(session)
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

/// A session with the getters of a schema. It also has the `&self` methods of [`Session`].
///
/// With the feature of a framework it is an extractor. [`Session::typed`] returns one.
pub struct ReadOnly<S: SessionSchema> {
    reader: S::Reader,
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> ReadOnly<S> {
    pub(crate) fn new(session: Session) -> Self {
        session.inner().manager.report_missing_index(S::SCHEMA);
        session.inner().protect(S::SCHEMA);
        Self { reader: S::reader(session), schema: PhantomData }
    }

    /// Creates the view for an extractor: the manager may refuse the schema.
    #[cfg(any(feature = "axum", feature = "actix"))]
    pub(crate) fn try_new(session: Session) -> Result<Self, Error> {
        session.check_schema::<S>()?;
        Ok(Self::new(session))
    }
}

impl<S: SessionSchema> ReadOnly<S> {
    /// Returns all fields of the schema except flash and secret fields: [`Session::snapshot`]. Costs one load, unless the
    /// session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`Session::snapshot`].
    pub async fn snapshot(&self) -> Result<Snapshot<S>, Error> {
        Session::snapshot::<S>(self).await
    }
}

/// For an extractor that is generic over [`Session`], [`Typed`] and [`ReadOnly`]. No I/O.
impl<S: SessionSchema> From<Session> for ReadOnly<S> {
    fn from(session: Session) -> Self {
        Self::new(session)
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
