use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

fn handler(session: Session) -> Result<(), Error> {
    session.client().get(&Visitor::USER_ID).map(drop)
}

fn main() {}
