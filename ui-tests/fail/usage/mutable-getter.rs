use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    cart: Vec<String>,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.cart_mut().await?.push("teapot".to_owned());
    Ok(())
}

fn main() {}
