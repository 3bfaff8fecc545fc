use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
#[session(prefix = "cart:")]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
