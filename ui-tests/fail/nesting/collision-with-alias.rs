use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias = "address")]
    home: String,
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
