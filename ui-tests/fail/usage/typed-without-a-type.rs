use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn handler(session: Session) -> Result<Vec<String>, Error> {
    session.typed().cart().await
}

fn main() {}
