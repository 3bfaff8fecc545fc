#![allow(non_snake_case)]

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: u64,
    Cart: bool,
}

fn main() {}
