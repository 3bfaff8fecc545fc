use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

async fn handler(visitor: Typed<Visitor>) -> Result<Option<u64>, Error> {
    Ok(visitor.snapshot().await?.user)
}

fn main() {}
