use session::{SessionSchema, Typed};
#[derive(SessionSchema)]
struct Visitor {
    #[session(ky = "user.id")]
    user_id: Option<u64>,
    name: &'static str,
    #[session(default = "zero")]
    visits: u32,
    #[session(client = true)]
    theme: u8,
}

#[derive(SessionSchema)]
enum Wrong {}

async fn handler(mut visitor: Typed<Visitor>, _wrong: Typed<Wrong>) -> Result<(), session::Error> {
    let _: Option<u64> = visitor.user_id().await?;
    visitor.set_user_id(7)?;
    visitor.set_name("Ada")?;
    visitor.update_visits(|visits| *visits += 1).await?;
    let _: Option<u8> = visitor.theme()?;
    let _ = &Visitor::USER_ID;
    Ok(())
}

fn main() {}
