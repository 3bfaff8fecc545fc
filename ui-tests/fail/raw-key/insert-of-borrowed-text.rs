use session::{Error, Key, Session};

const NAME: Key<String> = Key::declare("name");

async fn handler(mut session: Session) -> Result<(), Error> {
    session.insert(NAME, "Ada").await
}

fn main() {}
