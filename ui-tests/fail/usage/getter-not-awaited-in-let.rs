use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(visitor: Typed<Visitor>) -> bool {
    let user_id: Result<Option<u64>, Error> = visitor.user_id();
    user_id.is_ok()
}

fn main() {}
