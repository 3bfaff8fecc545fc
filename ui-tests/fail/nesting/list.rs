use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    checkout: Vec<Checkout>,
}

fn main() {}
