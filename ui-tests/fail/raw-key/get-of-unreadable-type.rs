use session::{Error, Session};

struct Cart;

async fn handler(session: Session) -> Result<(), Error> {
    session.get::<Cart>("cart").await.map(drop)
}

fn main() {}
