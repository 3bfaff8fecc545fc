#![deny(warnings)]

use session::{Error, ReadOnly, Session, SessionSchema};

#[derive(serde::Serialize, serde::Deserialize)]
struct UserId(u64);

/// A private field with a private type in a public struct.
#[derive(SessionSchema)]
pub struct Account {
    id_of_user: UserId,
}

#[derive(SessionSchema)]
struct Visitor {
    pub user_id: UserId,
}

fn view(session: &Session) -> (ReadOnly<Visitor>, ReadOnly<Account>) {
    (session.typed(), session.typed())
}

async fn handler(session: &Session) -> Result<Option<u64>, Error> {
    let (visitor, account) = view(session);
    let id = account.id_of_user().await?;
    Ok(visitor.user_id().await?.or(id).map(|id| id.0))
}

fn main() {
    let _ = handler;
}
