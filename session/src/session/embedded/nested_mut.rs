//! The handle of a nested schema: a `Typed` without the methods that act on the whole session.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::error::Error;
use crate::session::client_state::ClientStateMut;
use crate::session::handle::Session;
use crate::session::typed::{SessionSchema, Typed};

/// The getters and setters of a nested schema. Returned by the accessor `checkout_mut()` of a field `checkout`.
///
/// It derefs to [`Typed<S>`](Typed), so that a function that takes `&mut Typed<Checkout>` accepts it. To store it, convert it
/// with `Typed::from`. In both cases, the `Typed` has all methods of [`Session`] again, and its `clear` acts on the whole
/// session.
///
/// It is a type of its own, because `checkout_mut().clear()` reads as if it removed the fields of `Checkout`. It would remove
/// all keys of the session and log the visitor out. So `clear`, `delete`, `invalidate`, `restart` and `client_mut` are compile
/// errors here, and the error names [`unset_all`](Typed::unset_all). For the whole session, call them on the outer handle.
///
/// ```
/// use session::{SessionSchema, Typed};
///
/// #[derive(SessionSchema)]
/// struct Visitor {
///     user_id: u64,
///     #[session(nested)]
///     checkout: Checkout,
/// }
///
/// #[derive(SessionSchema)]
/// #[session(prefix = "checkout.")]
/// struct Checkout {
///     address: String,
///     #[session(client, default)]
///     express: bool,
/// }
///
/// fn ship_to(checkout: &mut Typed<Checkout>, address: &str) -> Result<(), session::Error> {
///     checkout.set_address(address.to_owned())
/// }
///
/// async fn visit(mut visitor: Typed<Visitor>) -> Result<(), session::Error> {
///     visitor.set_user_id(7)?;
///     ship_to(&mut visitor.checkout_mut(), "Bern")?;
///     visitor.checkout_mut().unset_all().await?;               // the fields of `Checkout`
///     assert_eq!(visitor.user_id().await?, Some(7));
///     assert_eq!(visitor.checkout().address().await?, None);
///     visitor.clear().await?;                                  // all keys of the server state
///     assert_eq!(visitor.user_id().await?, None);
///     Ok(())
/// }
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(visit(session.typed_mut())).unwrap();
/// ```
///
/// ```compile_fail,E0277
/// # use session::{SessionSchema, Typed};
/// # #[derive(SessionSchema)]
/// # struct Visitor { #[session(nested)] checkout: Checkout }
/// # #[derive(SessionSchema)]
/// # struct Checkout { address: String }
/// # async fn visit(mut visitor: Typed<Visitor>) -> Result<(), session::Error> {
/// visitor.checkout_mut().clear().await?;
/// # Ok(()) }
/// ```
///
/// ```compile_fail,E0277
/// # use session::{SessionSchema, Typed};
/// # #[derive(SessionSchema)]
/// # struct Visitor { #[session(nested)] checkout: Checkout }
/// # #[derive(SessionSchema)]
/// # struct Checkout { address: String }
/// # fn visit(mut visitor: Typed<Visitor>) {
/// visitor.checkout_mut().client_mut().clear();
/// # }
/// ```
pub struct NestedMut<S: SessionSchema>(Typed<S>);

impl<S: SessionSchema> NestedMut<S> {
    pub(crate) fn new(session: &mut Session) -> Self {
        Self(session.typed_mut())
    }
}

/// These hide the methods of `Session`. No type has the bound, so a call is an error with the message of the trait.
#[doc(hidden)]
impl<S: SessionSchema> NestedMut<S> {
    pub fn clear(&mut self) -> Refused
    where
        S: WholeSession,
    {
        refuse::<S, _>()
    }

    pub fn delete(&mut self) -> Refused
    where
        S: WholeSession,
    {
        refuse::<S, _>()
    }

    pub fn invalidate(&mut self) -> Refused
    where
        S: WholeSession,
    {
        refuse::<S, _>()
    }

    pub fn restart(&mut self) -> Refused
    where
        S: WholeSession,
    {
        refuse::<S, _>()
    }

    /// Its `clear` would remove the client state of the whole session.
    pub fn client_mut(&mut self) -> ClientStateMut<'_>
    where
        S: WholeSession,
    {
        refuse::<S, _>()
    }

    /// Returns a handle that has no `clear` either.
    pub fn typed_mut<T: SessionSchema>(&mut self) -> NestedMut<T> {
        let session: &mut Session = self;
        NestedMut::new(session)
    }
}

fn refuse<S: WholeSession, T>() -> T {
    match *S::NEVER {}
}

/// Implemented by no type.
#[diagnostic::on_unimplemented(
    message = "this method acts on the whole session, not only on the nested schema `{Self}`",
    label = "not a method of a nested schema",
    note = "to remove the fields of `{Self}`, call `unset_all().await`",
    note = "for the whole session, call the method on the outer handle"
)]
pub trait WholeSession {
    const NEVER: &'static std::convert::Infallible;
}

/// Can be awaited like `clear()`, and ignored like `delete()`, so that a call has one error.
type Refused = std::future::Ready<Result<(), Error>>;

impl<S: SessionSchema> Deref for NestedMut<S> {
    type Target = Typed<S>;

    fn deref(&self) -> &Typed<S> {
        &self.0
    }
}

impl<S: SessionSchema> DerefMut for NestedMut<S> {
    fn deref_mut(&mut self) -> &mut Typed<S> {
        &mut self.0
    }
}

impl<S: SessionSchema> From<NestedMut<S>> for Typed<S> {
    fn from(nested: NestedMut<S>) -> Self {
        nested.0
    }
}

impl<S: SessionSchema> fmt::Debug for NestedMut<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
