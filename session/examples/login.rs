//! Logs a user in and out: a new token at login, a deleted session at logout.
//!
//! `cargo run --example login`, then open <http://127.0.0.1:3000>.

use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

async fn home(visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let Some(user) = visitor.user().await? else {
        return Ok(html! { form method="post" action="/login" { input name="user"; button { "Log in" } } });
    };
    Ok(html! { "Hello, " (user) ". " form method="post" action="/logout" { button { "Log out" } } })
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<LoginForm>) -> Result<Redirect, session::Error> {
    // A real application verifies a password here.
    visitor.log_in(Visitor::USER, form.user).await?; // a token that was known before the login is no longer valid
    Ok(Redirect::to("/"))
}

async fn log_out(mut session: Session) -> Redirect {
    session.invalidate(); // deletes the session in the store, and the cookies
    Redirect::to("/")
}

#[derive(serde::Deserialize)]
struct LoginForm {
    user: String,
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes = Router::new().route("/", get(home)).route("/login", post(log_in)).route("/logout", post(log_out));
    routes.layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
mod browser;

#[cfg(test)]
#[tokio::test]
async fn a_user_logs_in_and_out() {
    let mut browser = browser::Browser::new(&app());
    assert!(browser.get("/").await.contains("Log in"));
    assert!(browser.post("/login", "user=Ada").await.contains("Hello, Ada"));
    let mut thief = browser.clone();
    assert!(browser.post("/logout", "").await.contains("Log in"));
    assert!(thief.get("/").await.contains("Log in"), "copied cookies are no longer valid");
}
