//! A crate that denies or forbids many lints. It is also an example of this package, so that clippy checks it.

#![forbid(unsafe_code, dead_code, deprecated, missing_docs, unused_must_use)]
#![deny(warnings, unused_qualifications, unreachable_pub, missing_debug_implementations, unused_results)]
#![deny(single_use_lifetimes, trivial_casts, unused_lifetimes, unused_import_braces, let_underscore_drop)]
#![deny(clippy::pedantic, clippy::missing_docs_in_private_items)]

use session::{ClientKey, Error, Key, Session, SessionSchema, Typed};

/// The session of a visitor.
#[derive(SessionSchema, Debug)]
pub struct Visitor {
    /// The user who is logged in.
    #[session(key = "user.id")]
    pub user_id: u64,
    /// The articles in the cart.
    #[session(default)]
    pub cart: Vec<String>,
    /// The theme of the pages.
    #[session(client, default = "light".to_owned())]
    pub theme: String,
    /// A message.
    #[session(flash)]
    pub notice: String,
    /// The town to send the order to.
    #[session(alias = "town", kept_alias = "city", migrate = "town", on_invalid = "discard")]
    pub place: String,
    /// A colour.
    #[session(with = "hex", on_invalid = "default", default)]
    pub colour: u32,
    /// The current order.
    #[session(nested)]
    pub checkout: Checkout,
}

/// An order.
#[derive(SessionSchema, Debug)]
#[session(prefix = "checkout.", retired = "checkout.v1")]
pub struct Checkout {
    /// True for express delivery.
    #[session(default)]
    pub express: bool,
}

/// Decodes the town of an earlier release.
fn town(old: &serde_json::Value) -> Option<String> {
    old.as_str().map(str::to_owned)
}

/// Numbers in hexadecimal.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer};

    /// `2748` is `abc`.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde needs")]
    pub(crate) fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{number:x}"))
    }

    /// `abc` is `2748`.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        u32::from_str_radix(&text, 16).map_err(serde::de::Error::custom)
    }
}

/// Uses the key types without qualification.
pub const KEYS: (Key<u64>, ClientKey<String>) = (Visitor::USER_ID, Visitor::THEME);

/// Uses the accessors.
///
/// # Errors
///
/// The errors of the session.
pub async fn handler(session: &mut Session) -> Result<(), Error> {
    let mut visitor: Typed<Visitor> = session.typed_mut();
    visitor.update_cart(|cart| cart.push("teapot".to_owned())).await?;
    visitor.checkout_mut().set_express(true)?;
    visitor.set_user_id(7)
}

fn main() {}
