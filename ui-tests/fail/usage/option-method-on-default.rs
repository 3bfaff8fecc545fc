use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

async fn handler(visitor: Typed<Visitor>) -> Result<(), Error> {
    for item in visitor.cart().await?.unwrap_or_default() {
        drop(item);
    }
    Ok(())
}

fn main() {}
