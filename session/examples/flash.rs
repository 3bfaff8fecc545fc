//! Shows messages once: they survive the redirect after a form, and the next page takes them. Each has a level.
//!
//! `cargo run --example flash`, then open <http://127.0.0.1:3000>.

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
    /// In the client's cookie, so that a message for a visitor creates no session.
    #[session(flash, client)]
    messages: Vec<Message>,
}

#[derive(Serialize, Deserialize)]
struct Message {
    level: Level,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
enum Level {
    Success,
    Warning,
}

/// Adds a message for the next page. A request may add several.
fn flash(visitor: &mut Typed<Visitor>, level: Level, text: impl Into<String>) -> Result<(), session::Error> {
    visitor.update_messages(|messages| messages.get_or_insert_default().push(Message { level, text: text.into() }))
}

#[derive(Deserialize)]
struct NameForm {
    name: String,
}

async fn save(mut visitor: Typed<Visitor>, Form(form): Form<NameForm>) -> Result<Redirect, session::Error> {
    flash(&mut visitor, Level::Success, format!("The name is {}.", form.name))?;
    if form.name.len() > 20 {
        flash(&mut visitor, Level::Warning, "Some pages cut long names.")?;
    }
    Ok(Redirect::to("/"))
}

async fn home(mut visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    let messages = visitor.take_messages()?.unwrap_or_default(); // reads and removes them; a HEAD request only reads them
    Ok(html! {
        @for message in messages { p class=(format!("{:?}", message.level)) { (message.text) } }
        form method="post" action="/save" { input name="name"; button { "Save" } }
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
#[tokio::test]
async fn all_messages_are_shown_once_and_create_no_session() {
    let mut client = session::testing::Client::axum(app());
    let page = client.submit("/save", "name=Ada+Augusta+King-Noel").await.into_body();
    assert!(page.contains(r#"class="Success">The name"#) && page.contains(r#"class="Warning">Some pages"#), "{page}");
    assert!(!client.get("/").await.body().contains("The name") && client.browser.cookie("__Host-id").is_none());
}
