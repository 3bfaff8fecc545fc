use std::collections::{BTreeMap, HashMap};

use session::SessionSchema;

#[derive(SessionSchema)]
struct Shop {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
}

#[derive(SessionSchema)]
struct Library {
    #[session(keyed, alias = "cart")]
    loans: HashMap<String, u64>,
}

session::assert_disjoint!(Shop, Library);

fn main() {}
