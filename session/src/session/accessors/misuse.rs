//! Messages for uses of a handle that do not compile: bounds that no type has, with our message.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Error;
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
