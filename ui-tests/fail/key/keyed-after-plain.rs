use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "cart:total")]
    total: u64,
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
}

fn main() {}
