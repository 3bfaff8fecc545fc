use session::{Error, ReadOnly, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn log_in(visitor: &mut Typed<Visitor>) -> Result<(), Error> {
    visitor.set_user_id(7)
}

async fn handler(mut visitor: ReadOnly<Visitor>) -> Result<(), Error> {
    log_in(&mut visitor)
}

fn main() {}
