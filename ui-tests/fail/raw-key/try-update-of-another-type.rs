use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

async fn handler(mut session: Session) -> Result<(), Error> {
    let log_out = |user: &mut Option<String>| user.take().ok_or("no user");
    session.try_update(Visitor::USER_ID, log_out).await.map(drop)
}

fn main() {}
