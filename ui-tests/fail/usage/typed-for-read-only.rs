use session::{Error, ReadOnly, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn count(visitor: &ReadOnly<Visitor>) -> Result<usize, Error> {
    Ok(visitor.cart().await?.len())
}

async fn handler(visitor: Typed<Visitor>) -> Result<usize, Error> {
    count(&visitor).await
}

fn main() {}
