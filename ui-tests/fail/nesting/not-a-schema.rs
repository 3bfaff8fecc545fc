use session::SessionSchema;

struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
