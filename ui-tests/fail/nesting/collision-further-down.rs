use session::SessionSchema;

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Shop {
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
struct Visitor {
    address: String,
    #[session(nested)]
    shop: Shop,
}

fn main() {}
