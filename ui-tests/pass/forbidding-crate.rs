//! A crate that takes every lint seriously.

#![forbid(unsafe_code, dead_code, deprecated, missing_docs, unused_must_use)]
#![deny(warnings, unused_qualifications, unreachable_pub, missing_debug_implementations, unused_results)]
#![deny(single_use_lifetimes, trivial_casts, unused_lifetimes, unused_import_braces, let_underscore_drop)]

use session::{ClientKey, Error, Key, Session, SessionSchema, Typed};

/// What a visitor has.
#[derive(SessionSchema, Debug)]
pub struct Visitor {
    /// Who is signed in.
    #[session(key = "user.id")]
    pub user_id: u64,
    /// What lies in the cart.
    #[session(default)]
    pub cart: Vec<String>,
    /// What the pages look like.
    #[session(client, default = "light".to_owned())]
    pub theme: String,
}

/// Names that are also those of types in scope.
pub const KEYS: (Key<u64>, ClientKey<String>) = (Visitor::USER_ID, Visitor::THEME);

/// Uses them.
///
/// # Errors
///
/// As the session.
pub async fn handler(session: &mut Session) -> Result<(), Error> {
    let mut visitor: Typed<Visitor> = session.typed_mut();
    visitor.set_user_id(7)
}

fn main() {}
