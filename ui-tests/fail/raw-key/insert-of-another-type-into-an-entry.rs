use std::collections::BTreeMap;

use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: BTreeMap<u32, u32>,
}

async fn handler(mut session: Session) -> Result<(), Error> {
    session.insert(Visitor::CART.key(&7), "three").await
}

fn main() {}
