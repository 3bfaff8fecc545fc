use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(client)]
    theme: String,
}

async fn handler(session: Session) -> Result<(), Error> {
    let name: Option<String> = session.get(&Visitor::USER_ID).await?;
    println!("{name:?}");
    Ok(())
}

fn main() {}
