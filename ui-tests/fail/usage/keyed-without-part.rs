use std::collections::BTreeMap;

use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, u64>,
}

async fn handler(visitor: Typed<Visitor>) -> Result<Option<u64>, session::Error> {
    visitor.cart().await
}

fn main() {
    let _ = handler;
}
