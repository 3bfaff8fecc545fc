use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(nested)]
    checkout: Checkout,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.checkout_mut().await?.set_address("Bern".to_owned())
}

fn main() {}
