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
    let _ = visitor.user_id()?;
    Ok(())
}

fn main() {}
