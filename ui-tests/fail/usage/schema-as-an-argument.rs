use session::{Error, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

async fn handler(visitor: Visitor) -> Result<Option<u64>, Error> {
    visitor.user_id().await
}

fn main() {}
