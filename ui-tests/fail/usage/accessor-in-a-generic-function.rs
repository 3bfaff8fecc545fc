use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn count<S: SessionSchema>(visitor: &Typed<S>) -> Result<usize, Error> {
    Ok(visitor.cart().await?.len())
}

fn main() {}
