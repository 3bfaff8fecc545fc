use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Checkout {
    address: String,
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(nested)]
    checkout: Checkout,
}

fn handler(visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.checkout().set_address(String::new())
}

fn main() {}
