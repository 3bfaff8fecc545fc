use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested, key = "checkout")]
    checkout: Checkout,
}

fn main() {}
