use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client, default)]
    dark: bool,
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    visitor.update_cart(|cart| {
        cart.clear();
        visitor.set_dark(true)
    }).await?
}

fn main() {}
