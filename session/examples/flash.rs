//! Shows a message once: a flash message survives the redirect after a form, and the next page takes it.
//!
//! `cargo run --example flash`, then open <http://127.0.0.1:3000>.

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(flash)]
    notice: String,
}

async fn save(mut visitor: Typed<Visitor>) -> Result<Redirect, session::Error> {
    visitor.set_notice("Your changes are saved.".to_owned())?;
    Ok(Redirect::to("/"))
}

async fn home(mut visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let notice = visitor.take_notice().await?; // reads and removes it
    Ok(html! {
        @if let Some(notice) = notice { p { (notice) } }
        form method="post" action="/save" { button { "Save" } }
    })
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    Router::new().route("/", get(home)).route("/save", post(save)).layer(SessionLayer::new(manager))
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
async fn a_message_is_shown_once() {
    let mut browser = browser::Browser::new(&app());
    assert!(browser.post("/save", "").await.contains("Your changes are saved."));
    assert!(!browser.get("/").await.contains("Your changes are saved."));
}
