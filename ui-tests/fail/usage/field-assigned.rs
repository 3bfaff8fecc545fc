use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn handler(mut visitor: Typed<Visitor>) {
    visitor.user_id = 5;
}

fn main() {}
