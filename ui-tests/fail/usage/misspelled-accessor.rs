use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

async fn handler(visitor: Typed<Visitor>) -> Result<Option<u64>, Error> {
    visitor.usr_id().await
}

fn main() {}
