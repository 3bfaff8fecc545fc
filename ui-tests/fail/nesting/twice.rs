use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    first: Checkout,
    #[session(nested)]
    second: Checkout,
}

fn main() {}
