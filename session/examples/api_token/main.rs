//! One API for browsers, mobile apps and other servers: the token is in a cookie or in the header `Session-Token`.
//!
//! `cargo run -p session --example api_token`, then, as a program (`;` makes curl send an empty header, which requests a token):
//!
//! ```sh
//! curl -i -H 'Session-Token;' -d user=Ada http://127.0.0.1:3000/login  # prints the token
//! curl -i -H "Session-Token: $token" http://127.0.0.1:3000/me
//! curl -i -H "Session-Token: $token" -X POST http://127.0.0.1:3000/logout
//! curl -i http://127.0.0.1:3000/me                                     # 401
//! ```
//!
//! A browser sends no header and gets cookies. A real application also refuses unsafe requests of other origins, except those
//! with the header. The threat model has the condition, and the documentation of `Transport` has the settings of CORS.

#[cfg(test)]
mod tests;

use axum::extract::Request;
use axum::http::{StatusCode, header::WWW_AUTHENTICATE};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{HeaderConfig, ReadOnly, SecretKey, Session, SessionConfig, SessionManager, SessionSchema};
use session::{TokenStatus, Transport, Typed};

#[derive(SessionSchema)]
struct Visitor {
    user: String,
}

async fn log_in(mut visitor: Typed<Visitor>, Form(form): Form<LoginForm>) -> Result<StatusCode, session::Error> {
    // A real application verifies a password here.
    visitor.log_in(Visitor::USER, form.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(serde::Deserialize)]
struct LoginForm {
    user: String,
}

async fn me(visitor: ReadOnly<Visitor>) -> Result<String, session::Error> {
    Ok(visitor.user().await?.unwrap_or_default())
}

async fn log_out(mut session: Session) -> StatusCode {
    session.invalidate(); // removes the cookies, or the token with an empty header
    StatusCode::NO_CONTENT
}

/// Responds with status 401 unless a user is logged in. The challenge (RFC 9110, 11.6.1) names the header that the API reads.
async fn require_user(session: Session, request: Request, next: Next) -> Result<Response, session::Error> {
    let challenge = match session.token_status().await? {
        TokenStatus::Valid if session.typed::<Visitor>().user().await?.is_some() => return Ok(next.run(request).await),
        TokenStatus::Replaced => return Ok(StatusCode::CONFLICT.into_response()), // repeat it with the new token
        TokenStatus::Invalid => r#"Session-Token error="invalid_token""#,
        TokenStatus::Valid | TokenStatus::Missing => "Session-Token",
    };
    Ok((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response())
}

fn app() -> Router {
    let config = SessionConfig::new(SecretKey::generate()).transport(Transport::Either(HeaderConfig::new()));
    let manager = SessionManager::new(MemoryStore::new(), config);
    let private = Router::new().route("/me", get(me)).route("/logout", post(log_out)).layer(from_fn(require_user));
    private.route("/login", post(log_in)).layer(SessionLayer::new(manager))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app()).await
}
