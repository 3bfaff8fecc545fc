#![deny(warnings)]

use session::{Error, Session, SessionSchema};

#[derive(SessionSchema)]
struct Visitor {
    r#type: u8,
    #[session(client, default)]
    r#match: u8,
    #[session(key = "loop.count", default = 1)]
    r#loop: u8,
}

async fn handler(session: &mut Session) -> Result<(), Error> {
    let mut visitor = session.typed_mut::<Visitor>();
    visitor.set_type(1)?;
    let _: Option<u8> = visitor.r#type().await?;
    visitor.update_match(|count| *count += 1)?;
    let _: u8 = visitor.r#match()?;
    visitor.update_loop(|count| *count += 1).await
}

fn main() {
    let _ = handler;
    assert_eq!(&*Visitor::TYPE, "type");
    assert_eq!(&*Visitor::MATCH, "match");
    assert_eq!(&*Visitor::LOOP, "loop.count");
}
