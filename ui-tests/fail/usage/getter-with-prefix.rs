use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn handler(visitor: Typed<Visitor>) -> Result<Vec<String>, Error> {
    visitor.get_cart().await
}

fn main() {}
