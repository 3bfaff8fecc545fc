//! A cart and a login in Salvo.
//!
//! `cargo run -p session-example-salvo` in the folder `session/examples/frameworks`, then:
//! `curl -c jar -b jar -X POST http://127.0.0.1:3000/cart/tea`

mod sessions;
#[cfg(test)]
mod tests;

use salvo::extract::PathParam;
use salvo::prelude::*;
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};

use crate::sessions::{ReadOnly, Session, SessionError, Sessions, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id")]
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
}

#[handler]
async fn home(visitor: ReadOnly<Visitor>) -> Result<String, SessionError> {
    let (user, cart) = (visitor.user_id().await?, visitor.cart().await?);
    Ok(format!("user {user:?}, cart {cart:?}\n"))
}

#[handler]
async fn add_to_cart(mut visitor: Typed<Visitor>, item: PathParam<String>) -> Result<(), SessionError> {
    // Atomic: of two requests at the same time, both items are in the cart.
    visitor.update_cart(|cart| cart.push(item.clone())).await?;
    Ok(())
}

#[handler]
async fn log_in(mut visitor: Typed<Visitor>, user_id: PathParam<u64>) -> Result<(), SessionError> {
    visitor.log_in(Visitor::USER_ID, *user_id).await?; // rotates the token
    Ok(())
}

#[handler]
fn log_out(mut session: Session) {
    session.invalidate();
}

fn app(manager: SessionManager) -> Router {
    Router::new()
        .hoop(Sessions::new(manager))
        .get(home)
        .push(Router::with_path("cart/{item}").post(add_to_cart))
        .push(Router::with_path("login/{user_id}").post(log_in))
        .push(Router::with_path("logout").post(log_out))
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt::init(); // prints the causes of failed requests
    // The key and the store live as long as this process. `SecretKey::from_env` and another store keep them.
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    Server::new(TcpListener::new("127.0.0.1:3000").bind().await).serve(app(manager)).await;
}
