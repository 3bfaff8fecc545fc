use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
#[session(retired = "address")]
struct Visitor {
    #[session(nested)]
    checkout: Checkout,
}

fn main() {}
