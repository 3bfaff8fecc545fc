#![deny(warnings)]

use session::{Error, ReadOnly, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

fn spawn(future: impl Future<Output = Result<(), Error>> + Send + 'static) {
    drop(future);
}

async fn handler(mut visitor: Typed<Visitor>) -> Result<(), Error> {
    let name = String::new();
    visitor.update_cart(|cart| cart.push(name.clone())).await?;
    let tried: Result<usize, &str> =
        visitor.try_update_cart(|cart| if cart.is_empty() { Err("empty") } else { Ok(cart.len()) }).await?;
    let _ = tried;
    visitor.update_user_id(|user_id| user_id.take()).await?;
    visitor.remove_cart().await?;
    visitor.cart().await.map(drop)
}

async fn reader(visitor: ReadOnly<Visitor>) -> Result<(), Error> {
    visitor.user_id().await.map(drop)
}

fn main() {
    let _: fn(Typed<Visitor>) = |visitor| spawn(handler(visitor));
    let _: fn(ReadOnly<Visitor>) = |visitor| spawn(reader(visitor));
}
