use session::{Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

fn handler(session: Session) {
    let visitor: Visitor = session.typed();
}

fn main() {}
