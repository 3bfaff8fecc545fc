#![deny(warnings)]

use session::{Error, SessionSchema, Typed};

macro_rules! schema {
    ($(#[$meta:meta])* $name:ident { $($key:literal $field:ident: $ty:ty = $default:expr),* $(,)? }) => {
        #[derive(SessionSchema)]
        $(#[$meta])*
        struct $name {
            $(#[session(key = $key, default = $default)] $field: $ty,)*
            /// A field of the macro's own.
            r: u8,
        }
    };
}

schema! {
    /// Made by a macro.
    #[session(prefix = "shop.")]
    Visitor {
        "cart" cart: Vec<String> = Vec::new(),
        "visits" visits: u64 = 1 + 1,
    }
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_cart(|cart| cart.push("teapot".to_owned())).await?;
    visitor.set_r(1)?;
    let visits = visitor.visits().await?;
    visitor.set_visits(visits + 1)
}

fn main() {
    let _ = handler;
    assert_eq!(&*Visitor::CART, "shop.cart");
}
