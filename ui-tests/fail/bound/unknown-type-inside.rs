use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: Vec<Cart>,
}

fn main() {}
