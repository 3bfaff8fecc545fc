use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<&'static str, u64>,
}

fn main() {}
