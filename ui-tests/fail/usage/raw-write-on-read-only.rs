use session::{ReadOnly, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

fn handler(mut visitor: ReadOnly<Visitor>) {
    visitor.cycle_id();
}

fn main() {}
