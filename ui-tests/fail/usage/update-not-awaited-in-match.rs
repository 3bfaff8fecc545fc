use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(mut visitor: Typed<Visitor>) -> usize {
    match visitor.update_cart(|cart| cart.len()) {
        Ok(length) => length,
        _ => 0,
    }
}

fn main() {}
