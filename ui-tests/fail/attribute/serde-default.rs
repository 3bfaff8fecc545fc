use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[serde(default)]
    cart: Vec<u64>,
}

async fn count(visitor: Typed<Visitor>) -> Result<usize, Error> {
    Ok(visitor.cart().await?.len())
}

fn main() {}
