use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested, expires_in = "10m")]
    checkout: Checkout,
}

#[derive(SessionSchema)]
struct Checkout {
    size: u64,
}

fn main() {}
