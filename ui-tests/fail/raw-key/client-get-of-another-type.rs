use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

fn handler(session: Session) -> Result<(), Error> {
    session.client().get::<u64>(&Visitor::THEME).map(drop)
}

fn main() {}
