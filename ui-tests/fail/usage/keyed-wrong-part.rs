use std::collections::BTreeMap;

use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
}

fn handler(mut visitor: Typed<Visitor>) -> Result<(), session::Error> {
    visitor.set_cart("7", 1)
}

fn main() {
    let _ = handler;
}
