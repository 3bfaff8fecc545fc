//! Schemas: what `#[derive(SessionSchema)]` implements, and the typed handles that reach its accessors.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

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
