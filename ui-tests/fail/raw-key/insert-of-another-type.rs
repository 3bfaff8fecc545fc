use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

async fn handler(mut session: Session) -> Result<(), Error> {
    session.insert(Visitor::USER_ID, "seven").await
}

fn main() {}
