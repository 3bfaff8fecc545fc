use session::{Error, ReadOnly, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash)]
    notice: String,
}

async fn handler(visitor: ReadOnly<Visitor>) -> Result<Option<String>, Error> {
    visitor.take_notice().await
}

fn main() {}
