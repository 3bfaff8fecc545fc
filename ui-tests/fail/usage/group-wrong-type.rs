use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(group)]
    login: LoggedIn,
}

#[derive(SessionSchema)]
#[session(group)]
struct LoggedIn {
    user_id: u64,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_login(7)
}

fn main() {}
