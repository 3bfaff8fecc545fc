use session::{Error, ReadOnly, SessionSchema, Typed};

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

async fn handler(visitor: Typed<Visitor>) -> Result<ReadOnly<Checkout>, Error> {
    visitor.checkout().await
}

fn main() {}
