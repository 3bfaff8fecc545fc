use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed, alias = "cart")]
    basket: BTreeMap<u32, u64>,
    #[session(key = "cart:total")]
    total: u64,
}

fn main() {}
