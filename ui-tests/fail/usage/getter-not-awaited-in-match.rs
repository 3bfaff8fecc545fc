use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(visitor: Typed<Visitor>) -> usize {
    match visitor.cart() {
        Ok(cart) => cart.len(),
        _ => 0,
    }
}

fn main() {}
