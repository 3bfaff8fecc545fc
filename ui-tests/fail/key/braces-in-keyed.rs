use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed, key = "cart:{}")]
    cart: BTreeMap<u32, u64>,
}

fn main() {}
