//! A struct from a `macro_rules!`, with types from the crate.

#![deny(warnings)]

use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
}

macro_rules! schema {
    ($name:ident, $nested:ty) => {
        #[derive(SessionSchema)]
        struct $name {
            user_id: u64,
            #[session(client, with = "text")]
            theme: String,
            #[session(flash)]
            notice: String,
            #[session(nested)]
            checkout: $nested,
        }
    };
}

schema!(Visitor, Checkout);

mod text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

async fn _handler(mut visitor: Typed<Visitor>) -> Result<Option<String>, session::Error> {
    visitor.checkout_mut().set_address("Bern".to_owned())?;
    Ok(visitor.snapshot().await?.checkout.address)
}

fn main() {}
