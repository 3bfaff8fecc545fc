use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed, index)]
    user_id: BTreeMap<u32, u64>,
}

fn main() {}
