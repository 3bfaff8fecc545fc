//! The typed view of a session: the schema traits, `Typed`, `ReadOnly` and `Snapshot`.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::values::Values;
use crate::request::fields::removals;
use crate::request::manager_inner::ManagerInner;
use crate::schema::assert_schema::Shapes;
use crate::schema::info::SchemaInfo;
use crate::session::handle::Session;

/// A schema of session keys. Implement it with [`#[derive(SessionSchema)]`](derive.SessionSchema.html).
///
/// [The schema language](crate::docs::schema) lists all attributes, and shows most of them in one example.
///
/// The struct is never instantiated, except as the value of a `group`. [`Typed`] and [`ReadOnly`] provide the accessors of its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session schema",
    label = "expected a struct with `#[derive(SessionSchema)]`",
    note = "add `#[derive(session::SessionSchema)]` to `{Self}`",
    note = "`Typed` and `ReadOnly` take one schema: for two schemas, take two arguments"
)]
pub trait SessionSchema: DerivedSchema {
    #[doc(hidden)]
    const SCHEMA: &'static SchemaInfo = Self::DECLARATION;

    /// Finds the shape of each field's type. Instantiated only in a test with `assert_schema!`.
    #[doc(hidden)]
    fn list_shapes(shapes: &mut Shapes) {
        Self::shapes(shapes);
    }

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

/// The part of a schema that only the derive can implement. So an `impl SessionSchema` by hand has one error, with this
/// message.
#[diagnostic::on_unimplemented(
    message = "only the derive implements `SessionSchema`",
    label = "not derived",
    note = "remove this `impl`, and write `#[derive(SessionSchema)]` on `{Self}`"
)]
#[allow(missing_docs, reason = "only for the derive")]
pub trait DerivedSchema: 'static {
    type Reader: DerefMut<Target = Session> + Send + Sync + 'static;

    type Writer: DerefMut<Target = Self::Reader> + Send + Sync + 'static;

    type Snapshot;

    const DECLARATION: &'static SchemaInfo;

    fn writer(session: Session) -> Self::Writer;

    /// Reads all fields except flash and secret fields.
    ///
    /// # Errors
    ///
    /// The error of the first field that cannot be read.
    fn snapshot(view: &View<'_>) -> Result<Self::Snapshot, Error>;

    /// Finds the shape of each field's type.
    fn shapes(shapes: &mut Shapes);
}

/// All fields of a schema except flash and secret fields, read at once.
///
/// A struct with a public field for each: `Option<T>`, `T` if there is a default, or the snapshot of a nested schema. The
/// snapshot of a `group` is an `Option` of a struct whose fields are of type `T`.
///
/// Every snapshot is `Serialize` and `Debug`. `Debug` formats each value with the `Debug` of its type. It shows `[redacted]`
/// for a `sealed` field, and `[not Debug]` for a type without `Debug`. Templates need the values, so `Serialize` writes
/// `sealed` fields as well.
///
/// Other traits are derived on request, because each costs compile time: `#[session(snapshot(Clone, PartialEq))]`. The types
/// of all fields must implement them, and so must the snapshots of nested schemas: repeat the attribute on these schemas.
///
/// In its JSON, each field has its Rust name: `key`, `prefix` and `rename_all` change only session keys. Nested schemas and groups
/// are objects, and a `keyed` field is an object with one entry for each part. For other names, serialize a struct of the
/// application.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Snapshot, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// #[derive(SessionSchema)]
/// #[session(snapshot(Clone, PartialEq))]
/// struct Visitor {
///     user_id: u64,
///     #[session(client, default)]
///     dark: bool,
/// }
///
/// let visitor: Snapshot<Visitor> = session.snapshot::<Visitor>().await?;
/// assert_eq!(visitor.user_id, None);
/// assert_eq!(serde_json::to_string(&visitor).unwrap(), r#"{"user_id":null,"dark":false}"#);
/// assert_eq!(format!("{visitor:?}"), "Visitor { user_id: None, dark: false }");
/// assert!(visitor.clone() == visitor);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
pub type Snapshot<S> = <S as DerivedSchema>::Snapshot;

/// A snapshot without the fields that cannot be read: [`Session::partial_snapshot`].
#[non_exhaustive]
pub struct PartialSnapshot<S: SessionSchema> {
    /// The fields. One with an invalid stored value is `None`, or has its default.
    pub snapshot: Snapshot<S>,
    /// The errors of these fields. Each names the key.
    pub errors: Vec<Error>,
}

impl<S: SessionSchema> fmt::Debug for PartialSnapshot<S>
where
    Snapshot<S>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { snapshot, errors } = self;
        f.debug_struct("PartialSnapshot").field("snapshot", snapshot).field("errors", errors).finish()
    }
}

/// The values of both sides at one moment, from which a snapshot is decoded.
pub struct View<'a> {
    pub(crate) session: &'a Session,
    pub(crate) record: Option<SessionId>,
    pub(crate) server: Values,
    pub(crate) client: Values,
    /// The errors of a partial snapshot.
    pub(crate) skipped: Option<RefCell<Vec<Error>>>,
}

impl View<'_> {
    /// Keeps the error of one value and continues, if the snapshot is partial.
    pub(crate) fn skip(&self, error: Error) -> Result<(), Error> {
        match &self.skipped {
            Some(skipped) => skipped.borrow_mut().push(error),
            None => return Err(error),
        }
        Ok(())
    }

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

    /// Returns the fields of [`snapshot`](Self::snapshot) that can be read, and the errors of the others. Costs one load, unless
    /// the session is loaded already. The typed handles have the same method.
    ///
    /// A field with an invalid stored value reads as `None`, or as its default. An invalid entry of a `keyed` field is omitted.
    /// A `group` with an invalid value is `None` as a whole.
    /// So a page that shows many fields works even if one value is invalid.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     user_id: u64,
    ///     #[session(default)]
    ///     cart: Vec<String>,
    /// }
    ///
    /// session.insert("user_id", 7).await?;
    /// session.insert("cart", "of an earlier release").await?;
    /// let page = session.partial_snapshot::<Visitor>().await?;
    /// assert_eq!((page.snapshot.user_id, page.snapshot.cart.len()), (Some(7), 0));
    /// assert!(page.errors[0].to_string().contains("cart"));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    /// - [`Config`](crate::ErrorKind::Config): an indexed key is not configured.
    pub async fn partial_snapshot<S: SessionSchema>(&self) -> Result<PartialSnapshot<S>, Error> {
        self.inner().protect(S::SCHEMA);
        let mut view = self.view().await?;
        view.skipped = Some(RefCell::default());
        let snapshot = S::snapshot(&view)?;
        Ok(PartialSnapshot { snapshot, errors: view.skipped.map(RefCell::into_inner).unwrap_or_default() })
    }

    /// Returns all values, after one load.
    pub(crate) async fn view(&self) -> Result<View<'_>, Error> {
        self.inner().load().await?;
        let state = self.inner().state();
        let (server, client) = state.all_values();
        Ok(View { session: self, record: state.record_id(), server, client, skipped: None })
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
    read_only: ReadOnly<S>,
}

impl<S: SessionSchema> Typed<S> {
    pub(crate) fn new(session: Session) -> Self {
        session.inner().manager.report_missing_index(S::SCHEMA);
        session.inner().retire(S::SCHEMA);
        Self { read_only: ReadOnly::new(session) }
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

    /// Returns the fields that can be read, and the errors of the others: [`Session::partial_snapshot`]. Costs one load, unless
    /// the session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`Session::partial_snapshot`].
    pub async fn partial_snapshot(&self) -> Result<PartialSnapshot<S>, Error> {
        Session::partial_snapshot::<S>(self).await
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
        removals::unset_all(self.inner(), S::SCHEMA).await
    }
}

impl<S: SessionSchema> Typed<S> {
    /// Returns the same session for a function that only reads, and takes a `&ReadOnly<S>`. No I/O.
    ///
    /// ```
    /// # use session::{ReadOnly, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(default)]
    ///     cart: Vec<String>,
    /// }
    ///
    /// async fn count(visitor: &ReadOnly<Visitor>) -> Result<usize, session::Error> {
    ///     Ok(visitor.cart().await?.len())
    /// }
    ///
    /// let visitor: Typed<Visitor> = session.typed_mut();
    /// assert_eq!(count(visitor.as_read_only()).await?, 0);
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    pub fn as_read_only(&self) -> &ReadOnly<S> {
        &self.read_only
    }
}

impl<S: SessionSchema> AsRef<ReadOnly<S>> for Typed<S> {
    fn as_ref(&self) -> &ReadOnly<S> {
        self.as_read_only()
    }
}

/// The compiler suggests `.into()` where a function expects a `&ReadOnly<S>`. It is [`Typed::as_read_only`].
impl<'a, S: SessionSchema> From<&'a Typed<S>> for &'a ReadOnly<S> {
    fn from(typed: &'a Typed<S>) -> Self {
        typed.as_read_only()
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
        &self.read_only.writer
    }
}

impl<S: SessionSchema> DerefMut for Typed<S> {
    fn deref_mut(&mut self) -> &mut S::Writer {
        &mut self.read_only.writer
    }
}

impl<S: SessionSchema> fmt::Debug for Typed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session: &Session = &self.read_only.writer;
        f.debug_tuple("Typed").field(session).finish()
    }
}

/// A session with the getters of a schema. It also has the `&self` methods of [`Session`].
///
/// With the feature of a framework it is an extractor. [`Session::typed`] returns one, and [`Typed::as_read_only`] returns a
/// reference.
///
/// It derefs to the setters too, but it is not `DerefMut`. So a setter is a compile error that names this type: "cannot borrow
/// data in dereference of `ReadOnly<Visitor>` as mutable".
pub struct ReadOnly<S: SessionSchema> {
    writer: S::Writer,
    // Last, so that the compiler reports a missing derive once, at the field above.
    schema: PhantomData<fn() -> S>,
}

impl<S: SessionSchema> ReadOnly<S> {
    pub(crate) fn new(session: Session) -> Self {
        session.inner().manager.report_missing_index(S::SCHEMA);
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

    /// Returns the fields that can be read, and the errors of the others: [`Session::partial_snapshot`]. Costs one load, unless
    /// the session is loaded already.
    ///
    /// # Errors
    ///
    /// The same as for [`Session::partial_snapshot`].
    pub async fn partial_snapshot(&self) -> Result<PartialSnapshot<S>, Error> {
        Session::partial_snapshot::<S>(self).await
    }
}

/// For an extractor that is generic over [`Session`], [`Typed`] and [`ReadOnly`]. No I/O.
impl<S: SessionSchema> From<Session> for ReadOnly<S> {
    fn from(session: Session) -> Self {
        Self::new(session)
    }
}

impl<S: SessionSchema> Deref for ReadOnly<S> {
    type Target = S::Writer;

    fn deref(&self) -> &S::Writer {
        &self.writer
    }
}

impl<S: SessionSchema> fmt::Debug for ReadOnly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session: &Session = &self.writer;
        f.debug_tuple("ReadOnly").field(session).finish()
    }
}
