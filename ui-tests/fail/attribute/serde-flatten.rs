use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[serde(flatten)]
    checkout: Checkout,
}

fn main() {}
