use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: u64,
    set_cart: bool,
}

fn main() {}
