//! Stores a setting in an encrypted cookie instead of the store: no session record, no store query, no `await`.
//!
//! `cargo run --example client_state`, then open <http://127.0.0.1:3000>.

use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    /// `client` selects the cookie. The user can delete it or restore an old one, so it is for preferences only.
    #[session(client, default)]
    theme: Theme,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
enum Theme {
    #[default]
    Light,
    Dark,
}

async fn home(visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let theme = visitor.theme()?;
    Ok(html! {
        p { (format!("The theme is {theme:?}.")) }
        form method="post" action="/theme" {
            button name="theme" value="Light" { "Light" }
            button name="theme" value="Dark" { "Dark" }
        }
    })
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: Theme,
}

async fn set_theme(mut visitor: Typed<Visitor>, Form(form): Form<ThemeForm>) -> Result<Redirect, session::Error> {
    visitor.set_theme(form.theme)?;
    Ok(Redirect::to("/"))
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    Router::new().route("/", get(home)).route("/theme", post(set_theme)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[tokio::test]
async fn the_browser_keeps_the_theme() {
    let mut browser = session::testing::Client::axum(app());
    assert!(browser.get("/").await.body().contains("The theme is Light."));
    assert!(browser.submit("/theme", "theme=Dark").await.body().contains("The theme is Dark."));
    assert!(browser.get("/").await.body().contains("The theme is Dark."));
}
