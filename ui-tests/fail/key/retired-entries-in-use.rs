use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
#[session(retired = "cart:*")]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
}

fn main() {}
