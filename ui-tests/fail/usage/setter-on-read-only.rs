use session::{Error, ReadOnly, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

fn handler(mut visitor: ReadOnly<Visitor>) -> Result<(), Error> {
    visitor.set_user_id(7)
}

fn main() {}
