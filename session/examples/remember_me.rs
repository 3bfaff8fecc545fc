//! Keeps a user logged in for 90 days, or until the browser is closed: a checkbox in the login form.
//!
//! `cargo run --example remember_me`, then open <http://127.0.0.1:3000>.

use std::time::Duration;

use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{Lifetime, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

#[derive(serde::Deserialize)]
struct LoginForm {
    user: String,
    /// Absent if the box is not checked.
    remember: Option<String>,
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<LoginForm>) -> Result<Redirect, session::Error> {
    // A real application verifies a password here.
    visitor.log_in(Visitor::USER, form.user).await?;
    // Set in both cases, because a login of the same user keeps the lifetime of the last one.
    visitor.set_lifetime(match form.remember {
        Some(_) => Lifetime::new().idle(DAY * 30).absolute(DAY * 90),
        None => Lifetime::new().until_browser_closes(), // and at most the default: a day without a request
    });
    Ok(Redirect::to("/"))
}

async fn home(visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    Ok(html! {
        @if let Some(user) = visitor.user().await? { "Hello, " (user) "." }
        form method="post" action="/login" {
            input name="user";
            label { input type="checkbox" name="remember"; "Remember me" }
            button { "Log in" }
        }
    })
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    Router::new().route("/", get(home)).route("/login", post(log_in)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[tokio::test]
async fn only_a_remembered_user_is_logged_in_after_the_browser_was_closed() {
    let mut client = session::testing::Client::axum(app());
    for (form, is_remembered) in [("user=Ada", false), ("user=Ada&remember=on", true), ("user=Ada", false)] {
        assert!(client.submit("/login", form).await.body().contains("Hello, Ada"), "{form}");
        client.browser.close();
        assert_eq!(client.get("/").await.body().contains("Hello, Ada"), is_remembered, "{form}");
    }
}
