use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash)]
    notice: String,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_notice(|_| ()).await
}

fn main() {}
