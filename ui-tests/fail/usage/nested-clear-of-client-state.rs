use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

fn cancel(mut visitor: Typed<Visitor>) {
    visitor.checkout_mut().client_mut().clear();
}

fn main() {}
