use session::{Error, ReadOnly, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

async fn handler(visitor: ReadOnly<Visitor>) -> Result<(), Error> {
    visitor.unset_all().await
}

fn main() {}
