use session::{Error, Typed};

mod shop {
    #[derive(session::SessionSchema)]
    pub struct Visitor {
        user_id: u64,
    }
}

async fn handler(visitor: Typed<shop::Visitor>) -> Result<Option<u64>, Error> {
    visitor.user_id().await
}

fn main() {}
