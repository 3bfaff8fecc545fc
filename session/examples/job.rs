//! A job that runs after the response and stores its result in the session: `by_id`.
//!
//! `cargo run --example job`, then open <http://127.0.0.1:3000>.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use maud::{Markup, html};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ErrorKind, SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    is_running: bool,
    #[session(flash)]
    report: String,
}

async fn home(mut visitor: Typed<Visitor>) -> Result<Markup, session::Error> {
    Ok(match visitor.take_report().await? {
        Some(report) => html! { "Your report: " (report) },
        None if visitor.is_running().await? => html! { "Your report is being prepared." },
        None => html! { form method="post" action="/report" { button { "Prepare a report" } } },
    })
}

async fn start(State(manager): State<SessionManager>, mut visitor: Typed<Visitor>) -> Result<Redirect, session::Error> {
    visitor.set_is_running(true)?;
    visitor.sync().await?; // a new session has an id after its first commit
    if let Some(id) = visitor.id() {
        // A queue can store the id: it is no secret, and serde writes it as text.
        tokio::spawn(async move {
            match prepare(&manager, id).await {
                Err(error) if error.kind() == ErrorKind::Ended => {} // the user has logged out
                result => result.unwrap_or_else(|error| tracing::error!(%error, "failed to store a report")),
            }
        });
    }
    Ok(Redirect::to("/"))
}

/// The session is named by its id, so the job also works if the user logs in meanwhile. See `websocket.rs` for a handle
/// that must not.
async fn prepare(manager: &SessionManager, id: SessionId) -> Result<(), session::Error> {
    let report = "42 visitors".to_owned(); // a real job takes a while
    let mut visitor = manager.by_id(id).typed_mut::<Visitor>();
    visitor.set_report(report)?;
    visitor.unset_is_running()?;
    visitor.sync().await // without it, nothing is stored
}

async fn log_out(mut session: Session) -> StatusCode {
    session.invalidate();
    StatusCode::NO_CONTENT
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes = Router::new().route("/", get(home)).route("/report", post(start)).route("/logout", post(log_out));
    routes.with_state(manager.clone()).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[path = "beyond_response/job_tests.rs"]
mod tests;
