use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    update_cart: bool,
    cart: u64,
}

fn main() {}
