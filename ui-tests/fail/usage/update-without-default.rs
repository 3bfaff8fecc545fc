use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_user_id(|user_id| *user_id += 1).await
}

fn main() {}
