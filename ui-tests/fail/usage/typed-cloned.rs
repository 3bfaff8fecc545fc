use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn handler(visitor: Typed<Visitor>) -> Typed<Visitor> {
    visitor.clone()
}

fn main() {}
