#![deny(warnings)]

use session::SessionSchema;

/// Server state and client state are separate maps, so they can use the same key.
#[derive(SessionSchema)]
struct Visitor {
    cart: Vec<u64>,
    #[session(client, key = "cart")]
    guest_cart: Vec<u64>,
}

fn main() {
    assert_eq!(*Visitor::CART, *Visitor::GUEST_CART);
}
