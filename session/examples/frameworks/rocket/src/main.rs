//! A cart and a login in Rocket.
//!
//! `cargo run -p session-example-rocket` in the folder `session/examples/frameworks`, then:
//! `curl -c jar -b jar -X POST http://127.0.0.1:8000/cart/tea`

mod sessions;
#[cfg(test)]
mod tests;

use rocket::{Build, Rocket, get, post, routes};
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

#[get("/")]
async fn home(visitor: ReadOnly<Visitor>) -> Result<String, SessionError> {
    let (user, cart) = (visitor.user_id().await?, visitor.cart().await?);
    Ok(format!("user {user:?}, cart {cart:?}\n"))
}

#[post("/cart/<item>")]
async fn add_to_cart(mut visitor: Typed<Visitor>, item: &str) -> Result<(), SessionError> {
    // Atomic: of two requests at the same time, both items are in the cart.
    visitor.update_cart(|cart| cart.push(item.to_owned())).await?;
    Ok(())
}

#[post("/login/<user_id>")]
async fn log_in(mut visitor: Typed<Visitor>, user_id: u64) -> Result<(), SessionError> {
    visitor.log_in(Visitor::USER_ID, user_id).await?; // rotates the token
    Ok(())
}

#[post("/logout")]
fn log_out(mut session: Session) {
    session.invalidate();
}

fn app(manager: SessionManager) -> Rocket<Build> {
    rocket::build().attach(Sessions::new(manager)).mount("/", routes![home, add_to_cart, log_in, log_out])
}

#[rocket::launch]
fn launch() -> _ {
    tracing_subscriber::fmt::init(); // prints the causes of failed requests
    // The key and the store live as long as this process. `SecretKey::from_env` and another store keep them.
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    app(manager)
}
