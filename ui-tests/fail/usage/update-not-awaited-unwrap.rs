use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(mut visitor: Typed<Visitor>) {
    visitor.update_cart(|cart| cart.clear()).unwrap();
}

fn main() {}
