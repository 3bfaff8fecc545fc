use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn handler(visitor: Typed<&Visitor>) -> Result<(), Error> {
    Ok(())
}

fn main() {}
