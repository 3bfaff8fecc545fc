//! A cart and a login in Poem.
//!
//! `cargo run -p session-example-poem` in the folder `session/examples/frameworks`, then:
//! `curl -c jar -b jar -X POST http://127.0.0.1:3000/cart/tea`

mod sessions;
#[cfg(test)]
mod tests;

use poem::listener::TcpListener;
use poem::web::Path;
use poem::{Endpoint, EndpointExt, Route, Server, get, handler, post};
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
async fn add_to_cart(mut visitor: Typed<Visitor>, Path(item): Path<String>) -> Result<(), SessionError> {
    // Atomic: of two requests at the same time, both items are in the cart.
    visitor.update_cart(|cart| cart.push(item.clone())).await?;
    Ok(())
}

#[handler]
async fn log_in(mut visitor: Typed<Visitor>, Path(user_id): Path<u64>) -> Result<(), SessionError> {
    visitor.log_in(Visitor::USER_ID, user_id).await?; // rotates the token
    Ok(())
}

#[handler]
fn log_out(mut session: Session) {
    session.invalidate();
}

fn app(manager: SessionManager) -> impl Endpoint {
    Route::new()
        .at("/", get(home))
        .at("/cart/:item", post(add_to_cart))
        .at("/login/:user_id", post(log_in))
        .at("/logout", post(log_out))
        .with(Sessions::new(manager))
}

#[tokio::main]
async fn main() -> Result<(), std::io::Error> {
    tracing_subscriber::fmt::init(); // prints the causes of failed requests
    // The key and the store live as long as this process. `SecretKey::from_env` and another store keep them.
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    Server::new(TcpListener::bind("127.0.0.1:3000")).run(app(manager)).await
}
