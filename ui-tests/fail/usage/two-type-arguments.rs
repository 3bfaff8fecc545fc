use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: String,
}

async fn handler(session: Typed<Visitor, Checkout>) -> Result<(), Error> {
    Ok(())
}

fn main() {}
