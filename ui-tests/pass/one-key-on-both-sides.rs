#![deny(warnings)]

use session::SessionSchema;

/// The two states are two maps: neither sees a key of the other.
#[derive(SessionSchema)]
struct Visitor {
    cart: Vec<u64>,
    #[session(client, key = "cart")]
    guest_cart: Vec<u64>,
}

fn main() {
    assert_eq!(*Visitor::CART, *Visitor::GUEST_CART);
}
