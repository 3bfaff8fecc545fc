use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "cart:{tenant}")]
    cart: Vec<u64>,
}

fn main() {}
