use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use session::SessionSchema;

#[derive(Serialize, Deserialize)]
struct Item {
    sku: String,
}

#[derive(SessionSchema)]
struct Visitor {
    seen: HashMap<Item, u8>,
}

fn main() {}
