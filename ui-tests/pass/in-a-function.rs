#![deny(warnings)]

use session::{Error, Session};

async fn handler(session: &mut Session) -> Result<u64, Error> {
    #[derive(serde::Serialize, serde::Deserialize, Default)]
    struct Visits(u64);

    #[derive(session::SessionSchema)]
    struct Visitor {
        #[session(default)]
        visits: Visits,
    }

    let mut visitor = session.typed_mut::<Visitor>();
    visitor.update_visits(|visits| visits.0 += 1).await?;
    Ok(visitor.visits().await?.0)
}

fn main() {
    let _ = handler;
}
