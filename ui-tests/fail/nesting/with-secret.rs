use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(secret, nested)]
    checkout: Checkout,
}

fn main() {}
