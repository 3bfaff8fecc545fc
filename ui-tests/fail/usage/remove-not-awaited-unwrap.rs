use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(mut visitor: Typed<Visitor>) -> Option<u64> {
    visitor.remove_user_id().unwrap()
}

fn main() {}
