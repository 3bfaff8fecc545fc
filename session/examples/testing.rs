//! Tests of an application: a logged-in user in one line, a clock, and a store that fails on demand.
//!
//! `cargo test --example testing`

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use session::axum::SessionLayer;
use session::{ReadOnly, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

/// The logic of a handler, without HTTP.
async fn greeting(visitor: &ReadOnly<Visitor>) -> Result<Option<String>, session::Error> {
    Ok(visitor.user().await?.map(|user| format!("Hello, {user}")))
}

async fn home(visitor: ReadOnly<Visitor>) -> Result<Response, session::Error> {
    Ok(greeting(&visitor).await?.map_or_else(|| Redirect::to("/login").into_response(), IntoResponse::into_response))
}

async fn log_in(mut visitor: Typed<Visitor>) -> Result<Redirect, session::Error> {
    visitor.log_in(Visitor::USER, "Ada".to_owned()).await?; // a real application verifies a password here
    Ok(Redirect::to("/"))
}

fn app(manager: SessionManager) -> Router {
    Router::new().route("/", get(home)).route("/login", get(log_in)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let config = SessionConfig::new(SecretKey::generate());
    let manager = SessionManager::new(session::store::MemoryStore::new(), config);
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app(manager)).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use session::store::MemoryStore;
    use session::testing::{Client, FailingStore, Fault, TestClock};

    use super::*;

    #[tokio::test]
    async fn a_user_is_greeted_until_the_session_expires() -> Result<(), session::Error> {
        let clock = TestClock::new();
        let config = SessionConfig::new(SecretKey::generate()).clock(clock.source());
        let manager = SessionManager::new(MemoryStore::new(), config);
        let mut client = Client::axum(app(manager.clone()));
        client.browser.with(&manager, async |session| session.log_in(Visitor::USER, "Grace".to_owned()).await).await?;
        assert_eq!(greeting(&manager.open(&client.browser.request()).typed()).await?.as_deref(), Some("Hello, Grace"));
        assert_eq!(client.get("/").await.body(), "Hello, Grace");
        clock.advance(Duration::from_secs(25 * 3600));
        assert_eq!(client.get("/").await.headers()["location"], "/login");
        Ok(())
    }

    #[tokio::test]
    async fn a_failed_login_is_an_error_and_stores_nothing() {
        let store = FailingStore::new(MemoryStore::new());
        let manager = SessionManager::new(store.clone(), SessionConfig::new(SecretKey::generate()));
        let mut client = Client::axum(app(manager));
        store.inject(Fault::refused());
        assert_eq!(client.get("/login").await.status(), 503);
        assert_eq!(client.get("/").await.headers()["location"], "/login");
        assert_eq!(client.get("/login").await.headers()["location"], "/"); // the store works again
        assert_eq!(client.get("/").await.body(), "Hello, Ada");
    }
}
