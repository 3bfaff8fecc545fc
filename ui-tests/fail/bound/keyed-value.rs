use std::collections::BTreeMap;

use session::SessionSchema;

struct Item;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, Item>,
}

async fn show(visitor: session::ReadOnly<Visitor>) -> Result<bool, session::Error> {
    Ok(visitor.snapshot().await?.cart.is_empty() && visitor.cart(&1).await?.is_none())
}

fn main() {
    let _ = show;
}
