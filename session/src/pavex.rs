//! The name under which guides for Pavex speak of the session.

/// [`Session`](crate::Session), with the lifetime that Pavex guides write: `&mut Session<'_>`. The handle itself
/// borrows nothing.
pub type Session<'a> = <crate::Session as WithLifetime<'a>>::Session;

#[doc(hidden)]
pub trait WithLifetime<'a> {
    type Session;
}

impl WithLifetime<'_> for crate::Session {
    type Session = Self;
}
