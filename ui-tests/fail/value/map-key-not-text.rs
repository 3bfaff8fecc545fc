use std::collections::HashMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    seen: HashMap<(u8, u8), u8>,
}

fn main() {}
