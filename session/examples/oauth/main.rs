//! Login with OAuth 2.0: `state` and PKCE (RFC 7636) in the session, several tabs at once, and a callback that works once.
//!
//! `cargo run -p session --example oauth`, then open <http://127.0.0.1:3000>. The provider is a fake one on port 3001.

mod provider;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ReadOnly, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};
use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, session::Error>;

#[derive(SessionSchema)]
struct Visitor {
    user: String,
    /// The PKCE verifiers of the started logins of all tabs, by `state`. In the store, because a state works only once.
    #[session(default)]
    logins: BTreeMap<String, String>,
}

async fn log_in(State(provider): State<String>, mut visitor: Typed<Visitor>) -> Result<Redirect> {
    let (state, verifier) = (random_text(), random_text());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    visitor.update_logins(|logins| logins.insert(state.clone(), verifier.clone())).await?;
    let query = format!("state={state}&code_challenge={challenge}&code_challenge_method=S256");
    Ok(Redirect::to(&format!("{provider}/authorize?response_type=code&client_id=shop&{query}")))
}

#[derive(serde::Deserialize)]
struct Callback {
    state: String,
    code: String,
}

async fn callback(provider: State<String>, mut visitor: Typed<Visitor>, query: Query<Callback>) -> Result<Response> {
    // Atomic: of two callbacks with one state, one gets the login.
    let Some(verifier) = visitor.update_logins(|logins| logins.remove(&query.state)).await? else {
        return Ok((StatusCode::BAD_REQUEST, "no such login in this browser: start again").into_response());
    };
    match provider::user(&provider, &query.code, &verifier).await {
        Ok(user) => visitor.log_in(Visitor::USER, user).await?,
        Err(_) => return Ok(StatusCode::BAD_GATEWAY.into_response()),
    }
    Ok(Redirect::to("/").into_response())
}

async fn home(visitor: ReadOnly<Visitor>) -> Result<String> {
    Ok(visitor.user().await?.map_or_else(|| "open /login".to_owned(), |user| format!("Hello, {user}")))
}

fn random_text() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

fn app(provider: String) -> Router {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let routes = Router::new().route("/", get(home)).route("/login", get(log_in)).route("/callback", get(callback));
    routes.layer(SessionLayer::new(manager)).with_state(provider)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().init();
    let provider = provider::start("127.0.0.1:3001", "http://127.0.0.1:3000/callback").await?;
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app(provider)).await
}
