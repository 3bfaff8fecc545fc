use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: u64,
}

async fn log_in(mut session: Session) -> Result<(), Error> {
    session.log_in(Visitor::THEME, 7).await
}

fn main() {}
