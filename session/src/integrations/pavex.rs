//! A type alias for code that was written against Pavex's guide.

/// [`Session`](crate::Session) with the lifetime parameter of Pavex's guide: `&mut Session<'_>`. The handle itself borrows
/// nothing.
pub type Session<'a> = <crate::session::handle::Session as WithLifetime<'a>>::Session;

#[doc(hidden)]
pub trait WithLifetime<'a> {
    type Session;
}

impl WithLifetime<'_> for crate::session::handle::Session {
    type Session = Self;
}
