use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, Option<u64>>,
}

fn main() {}
