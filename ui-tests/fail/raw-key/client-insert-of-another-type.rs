use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

fn handler(mut session: Session) -> Result<(), Error> {
    session.client_mut().insert(Visitor::THEME, 7)
}

fn main() {}
