use std::collections::BTreeMap;

use session::SessionSchema;

type Rights = Box<BTreeMap<String, bool>>;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    rights: Rights,
}

fn main() {}
