//! Messages for uses of a handle that do not compile: bounds that no type has, with our message.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Error;
use crate::session::accessors::update::{TryUpdate, TryUpdateOr, Update, UpdateOr};
use crate::session::embedded::nested_mut::NestedMut;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

/// Implemented by no type.
#[diagnostic::on_unimplemented(
    message = "the handle of the schema `{Self}` is not a future: only its accessors do I/O",
    label = "remove this `.await`, and the `?` behind it",
    note = "await the accessor, for example `visitor.checkout().address().await?`"
)]
pub trait AwaitedHandle {
    #[doc(hidden)]
    const NEVER: &'static Infallible;
}

macro_rules! not_a_future {
    ($($handle:ident)*) => {$(
        #[doc(hidden)]
        impl<S: SessionSchema + AwaitedHandle> Future for $handle<S> {
            /// So that a `?` behind the `.await` is not a second error.
            type Output = Result<Self, Error>;

            fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
                match *S::NEVER {}
            }
        }
    )*};
}

not_a_future!(Typed ReadOnly NestedMut);

/// Implemented by no type.
#[diagnostic::on_unimplemented(
    message = "a `Typed<{Self}>` cannot be cloned",
    label = "a handle that writes is not `Clone`",
    note = "pass `&mut visitor` to a function that writes, and `&visitor` or `visitor.as_read_only()` to one that reads",
    note = "for a second handle of the same request, call `visitor.typed_mut::<{Self}>()`"
)]
pub trait ClonedHandle {
    #[doc(hidden)]
    const NEVER: &'static Infallible;
}

#[doc(hidden)]
impl<S: SessionSchema> Typed<S> {
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a call is an error, with the message of the bound")]
    pub fn clone(&self) -> Self
    where
        S: ClonedHandle,
    {
        match *S::NEVER {}
    }
}

/// Implemented by no type.
#[diagnostic::on_unimplemented(
    message = "the update is not awaited, so it has no result yet",
    label = "add `.await` before this call",
    note = "write `visitor.update_cart(|cart| ..).await?`"
)]
pub trait AwaitedUpdate {
    #[doc(hidden)]
    const NEVER: &'static Infallible;
}

/// The target of `Deref` of the futures of updates, with the methods of their result. The compiler itself suggests `.await`
/// only for `impl Future`.
pub struct UnawaitedUpdate<R>(PhantomData<fn() -> R>);

#[doc(hidden)]
#[allow(clippy::must_use_candidate, clippy::unused_self, reason = "a call is an error, with the message of the bound")]
impl<R> UnawaitedUpdate<R> {
    pub fn unwrap(&self) -> R
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn expect(&self, _: &str) -> R
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn unwrap_or_default(&self) -> R
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn unwrap_or(&self, _: R) -> R
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn ok(&self) -> Option<R>
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn is_ok(&self) -> bool
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn is_err(&self) -> bool
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }

    pub fn map_err<G>(&self, _: G) -> Result<R, Error>
    where
        Self: AwaitedUpdate,
    {
        match *Self::NEVER {}
    }
}

macro_rules! unawaited {
    ($($future:ident<$($param:ident),*> => $result:ty;)*) => {$(
        #[doc(hidden)]
        impl<$($param),*> Deref for $future<'_, $($param),*> {
            type Target = UnawaitedUpdate<$result>;

            fn deref(&self) -> &Self::Target {
                &UnawaitedUpdate(PhantomData)
            }
        }
    )*};
}

unawaited! {
    Update<T, R, F> => R;
    UpdateOr<T, R, F> => R;
    TryUpdate<T, R, E, F> => Result<R, E>;
    TryUpdateOr<T, R, E, F> => Result<R, E>;
}
