use session::{Error, SessionSchema, Typed};

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

async fn cancel(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.checkout_mut().typed_mut::<Checkout>().clear().await
}

fn main() {}
