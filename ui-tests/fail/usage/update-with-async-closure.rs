use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    theme: String,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_cart(async |cart| cart.push("teapot".to_owned())).await
}

fn main() {}
