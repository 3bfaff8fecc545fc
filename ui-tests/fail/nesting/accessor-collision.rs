use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    checkout_mut: String,
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
