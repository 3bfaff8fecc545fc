//! A chat over WebSockets that disconnects a user within a second of the logout: a detached session.
//!
//! `cargo run --example websocket`, then open <http://127.0.0.1:3000> in two browsers.

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ReadOnly, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Typed};
use tokio::sync::broadcast::{self, Sender};

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

async fn log_in(mut visitor: Typed<Visitor>, Path(user): Path<String>) -> Result<Redirect, session::Error> {
    visitor.log_in(Visitor::USER, user).await?; // a real application verifies a password
    Ok(Redirect::to("/"))
}

async fn log_out(mut session: Session) -> Redirect {
    session.invalidate();
    Redirect::to("/")
}

type Upgraded = Result<Response, StatusCode>;

async fn chat(upgrade: WebSocketUpgrade, visitor: ReadOnly<Visitor>, room: State<Sender<String>>) -> Upgraded {
    let user = visitor.user().await.ok().flatten().ok_or(StatusCode::UNAUTHORIZED)?;
    // Two handles: a message is an activity of the user, and the check in each second is none.
    let (idle, mut active) = visitor.detached().zip(visitor.detached()).ok_or(StatusCode::UNAUTHORIZED)?;
    active.keep_alive();
    Ok(upgrade.on_upgrade(move |socket| run(socket, user, [idle, active], room.0)))
}

async fn run(mut socket: WebSocket, user: String, handles: [ReadOnly<Visitor>; 2], room: Sender<String>) {
    let (mut messages, mut seconds) = (room.subscribe(), tokio::time::interval(std::time::Duration::from_secs(1)));
    let ([mut idle, mut active], mut is_open) = (handles, true);
    while is_open {
        is_open = tokio::select! {
            _ = seconds.tick() => is_logged_in(&mut idle).await,
            Ok(message) = messages.recv() => socket.send(Message::text(message)).await.is_ok(),
            received = socket.recv() => match received {
                Some(Ok(Message::Text(text))) if is_logged_in(&mut active).await => {
                    room.send(format!("{user}: {text}")).is_ok()
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                _ => false,
            },
        };
    }
    _ = socket.send(Message::Close(None)).await; // the user logged out, or the browser is gone
}

async fn is_logged_in(visitor: &mut ReadOnly<Visitor>) -> bool {
    visitor.reload(); // otherwise the handle would return the value that it loaded first
    matches!(visitor.user().await, Ok(Some(_))) // after a logout, and after another login, it is an error
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes =
        Router::new().route("/", get(Html(include_str!("beyond_response/chat.html")))).route("/chat", get(chat));
    let routes = routes.route("/login/{user}", post(log_in)).route("/logout", post(log_out));
    routes.with_state(broadcast::channel(16).0).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[path = "beyond_response/chat_tests.rs"]
mod tests;
