use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

async fn handler(session: Session) -> Result<(), Error> {
    session.get::<String>(&Visitor::USER_ID).await.map(drop)
}

fn main() {}
