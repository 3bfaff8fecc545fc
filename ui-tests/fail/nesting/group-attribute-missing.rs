use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    name: String,
    #[session(group)]
    login: LoggedIn,
}

#[derive(SessionSchema)]
struct LoggedIn {
    user_id: u64,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.set_name("Ann".to_owned())?;
    visitor.set_login(LoggedIn { user_id: 7 })
}

fn main() {}
