use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    cart: Cart,
}

fn main() {}
