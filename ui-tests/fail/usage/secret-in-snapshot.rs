use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Account {
    name: String,
    #[session(secret)]
    refresh_token: String,
}

async fn handler(account: Typed<Account>) -> Result<Option<String>, Error> {
    Ok(account.snapshot().await?.refresh_token)
}

fn main() {}
