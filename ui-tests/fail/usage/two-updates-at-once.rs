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
    let cart = visitor.update_cart(|cart| cart.clear());
    let user = visitor.update_user_id(|user| *user = None);
    cart.await?;
    user.await
}

fn main() {}
