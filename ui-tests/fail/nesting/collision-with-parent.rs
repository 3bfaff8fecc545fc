use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    address: String,
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
