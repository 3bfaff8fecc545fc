use std::collections::BTreeMap;

use session::SessionSchema;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct TenantId(u64);

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<TenantId, Vec<u64>>,
}

async fn show(visitor: session::ReadOnly<Visitor>) -> Result<usize, session::Error> {
    Ok(visitor.cart_entries().await?.len() + visitor.cart(&TenantId(1)).await?.map_or(0, |cart| cart.len()))
}

fn main() {
    let _ = show;
}
