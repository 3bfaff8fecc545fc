use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

fn handler(session: Session) -> Result<(), Error> {
    println!("{:?}", session.client().get_raw(Visitor::USER_ID));
    Ok(())
}

fn main() {}
