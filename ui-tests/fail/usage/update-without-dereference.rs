use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    visits: u64,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_visits(|visits| visits += 1).await
}

fn main() {}
