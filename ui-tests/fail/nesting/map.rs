use std::collections::HashMap;

use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    checkout: HashMap<String, Checkout>,
}

fn main() {}
