use session::SessionSchema;

#[derive(SessionSchema)]
#[session(snapshot(Clone))]
struct Visitor {
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

fn main() {}
