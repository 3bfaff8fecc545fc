use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(client, nested)]
    checkout: Checkout,
}

fn main() {}
