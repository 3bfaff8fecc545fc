use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(visitor: Typed<Visitor>) -> Result<bool, Error> {
    Ok(visitor.user_id() == Some(7))
}

fn main() {}
