//! Counts the visits of each browser: a typed session in axum, with one key.
//!
//! `cargo run --example counter`, then open <http://127.0.0.1:3000> and reload the page.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

/// Each field declares a session key. The derive generates the accessors that handlers call on `Typed<Visitor>`.
#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    visits: u64,
}

async fn home(mut visitor: Typed<Visitor>) -> Result<String, session::Error> {
    // Atomic: two requests at the same time both count.
    let visits = visitor
        .update_visits(|visits| {
            *visits += 1;
            *visits
        })
        .await?;
    Ok(format!("visit number {visits}"))
}

fn app(manager: SessionManager) -> Router {
    Router::new().route("/", get(home)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init(); // prints the causes of failed requests

    // The key and the store live as long as this process. The shop keeps both in files.
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let _sweeper = manager.sweeper(Duration::from_secs(10 * 60)); // deletes expired sessions
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(manager)).await?;
    Ok(())
}

#[cfg(test)]
#[tokio::test]
async fn each_browser_has_its_own_counter() {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let mut first = session::testing::Client::axum(app(manager));
    let mut second = first.clone();
    assert_eq!(first.get("/").await.body(), "visit number 1");
    assert_eq!(first.get("/").await.body(), "visit number 2");
    assert_eq!(second.get("/").await.body(), "visit number 1");
}
