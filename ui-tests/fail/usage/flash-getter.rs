use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash)]
    notice: String,
}

async fn handler(visitor: Typed<Visitor>) -> Result<Option<String>, Error> {
    visitor.notice().await
}

fn main() {}
