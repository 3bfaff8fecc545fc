//! Logs users in and out: extractors for the current user and for administrators, and `?next=` after the login.
//!
//! `cargo run --example login`, then open <http://127.0.0.1:3000/admin>. Ada is an administrator, and all others are not.

mod extractors;
mod return_path;
#[cfg(test)]
mod tests;

use axum::extract::Query;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{Error, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Typed};
use tower_http::csrf::CsrfLayer;

use self::extractors::{Admin, CurrentUser};

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

async fn home(CurrentUser(user): CurrentUser) -> Markup {
    html! { "Hello, " (user) ". " form method="post" action="/logout" { button { "Log out" } } }
}

async fn admin(Admin(user): Admin) -> Markup {
    html! { "The secrets of " (user) "." }
}

#[derive(serde::Deserialize)]
struct LoginForm {
    #[serde(default)]
    user: String,
    #[serde(default)]
    next: String,
}

async fn show_login(Query(form): Query<LoginForm>) -> Markup {
    html! { form method="post" { input name="user"; input type="hidden" name="next" value=(form.next); button { "Log in" } } }
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<LoginForm>) -> Result<Redirect, Error> {
    // A real application verifies a password here.
    visitor.log_in(Visitor::USER, form.user).await?; // a token that was known before the login is no longer valid
    Ok(Redirect::to(return_path::check(&form.next)))
}

async fn log_out(mut session: Session) -> Redirect {
    session.invalidate(); // deletes the session in the store, and the cookies
    Redirect::to("/login")
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes = Router::new().route("/", get(home)).route("/admin", get(admin)).route("/logout", post(log_out));
    // `CsrfLayer` refuses forms of other sites, also those that would log a visitor in as somebody else.
    routes.route("/login", get(show_login).post(log_in)).layer(SessionLayer::new(manager)).layer(CsrfLayer::new())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}
