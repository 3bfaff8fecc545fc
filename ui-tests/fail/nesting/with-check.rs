use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested, check = "is_complete")]
    checkout: Checkout,
}

#[derive(SessionSchema)]
struct Checkout {
    size: u64,
}

fn main() {}
