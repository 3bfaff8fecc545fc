use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_user(7)
}

fn main() {}
