use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<Option<Vec<String>>, Error> {
    visitor.take_cart().await
}

fn main() {}
