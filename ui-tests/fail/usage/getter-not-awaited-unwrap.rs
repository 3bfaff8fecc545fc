use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(visitor: Typed<Visitor>) -> usize {
    visitor.cart().unwrap().len()
}

fn main() {}
