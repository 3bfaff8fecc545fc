//! A stream of events (SSE) with the number of items in the cart, in every tab of the browser: a detached session.
//!
//! `cargo run --example sse`, then open <http://127.0.0.1:3000> in two tabs.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use futures_util::{Stream, stream};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ReadOnly, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, Typed};

const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Cart</title><p>Items: <output id="count">0</output>
<form method="post" action="/add"><button>Add tea</button></form>
<form method="post" action="/logout"><button>Log out</button></form>
<script>new EventSource("/events").onmessage = (event) => { count.textContent = event.data; };</script>"#;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    cart: Vec<String>,
}

async fn add(mut visitor: Typed<Visitor>) -> Result<Redirect, session::Error> {
    visitor.update_cart(|cart| cart.push("tea".to_owned())).await?;
    Ok(Redirect::to("/"))
}

async fn log_out(mut session: Session) -> Redirect {
    session.invalidate();
    Redirect::to("/")
}

/// A visitor without a session gets status 204, after which a browser does not connect again.
async fn events(visitor: ReadOnly<Visitor>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    visitor.cart().await.map_err(|error| error.status())?;
    let visitor = visitor.detached().ok_or(StatusCode::NO_CONTENT)?;
    let counts = stream::unfold((visitor, None), |(visitor, sent)| async move {
        let (visitor, count) = next_count(visitor, sent).await?;
        Some((Ok(Event::default().data(count.to_string())), (visitor, Some(count))))
    });
    Ok(Sse::new(counts).keep_alive(KeepAlive::default()))
}

/// Waits for another number of items. Returns `None` if the session ended: the stream ends too.
async fn next_count(mut visitor: ReadOnly<Visitor>, sent: Option<usize>) -> Option<(ReadOnly<Visitor>, usize)> {
    loop {
        let count = visitor.cart().await.ok()?.len();
        if Some(count) != sent {
            return Some((visitor, count));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        visitor.reload();
    }
}

fn app() -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes = Router::new().route("/", get(Html(PAGE))).route("/events", get(events));
    routes.route("/add", post(add)).route("/logout", post(log_out)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}

#[cfg(test)]
#[path = "beyond_response/sse_tests.rs"]
mod tests;
