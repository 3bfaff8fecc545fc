use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use session::SessionSchema;

#[derive(Serialize, Deserialize)]
struct Item {
    sku: String,
}

#[derive(SessionSchema)]
struct Visitor {
    seen: BTreeMap<Item, u8>,
}

fn main() {}
