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

async fn handler(visitor: Typed<Visitor>) -> Result<Option<String>, Error> {
    let checkout = visitor.checkout().await?;
    checkout.address().await
}

fn main() {}
