//! Login with OAuth 2.0: `state` and PKCE (RFC 7636) in the session, several tabs at once, and a callback that works once.
//!
//! `cargo run -p session --example oauth`, then open <http://127.0.0.1:3000>. The provider is a fake one on port 3001.

mod pkce;
mod provider;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use session::axum::SessionLayer;
use session::store::MemoryStore;
use session::{ReadOnly, SecretKey, SessionConfig, SessionManager, SessionSchema, Typed};

const MAX_LOGINS: usize = 10; // a browser has few tabs: more are mistakes, or an attack on the store
type Result<T> = std::result::Result<T, session::Error>;

#[derive(SessionSchema)]
struct Visitor {
    user: String,
    /// The PKCE verifiers of the started logins of all tabs, by `state`. In the store, because a state works only once.
    #[session(default, secret, sealed)]
    logins: BTreeMap<String, String>,
}

async fn log_in(State(provider): State<String>, mut visitor: Typed<Visitor>) -> Result<Redirect> {
    let (state, verifier) = (pkce::random_text(), pkce::random_text());
    let add_login = |logins: &mut BTreeMap<_, _>| {
        if logins.len() >= MAX_LOGINS {
            logins.clear();
        }
        logins.insert(state.clone(), verifier.clone());
    };
    visitor.update_logins(add_login).await?;
    let query = format!("state={state}&code_challenge={}&code_challenge_method=S256", pkce::challenge(&verifier));
    Ok(Redirect::to(&format!("{provider}/authorize?response_type=code&client_id=shop&{query}")))
}

async fn callback(
    provider: State<String>,
    mut visitor: Typed<Visitor>,
    query: Query<provider::Callback>,
) -> Result<Response> {
    // Atomic: of two callbacks with one state, one gets the login.
    let Some(verifier) = visitor.update_logins(|logins| logins.remove(&query.state)).await? else {
        return Ok((StatusCode::BAD_REQUEST, "no such login in this browser: start again").into_response());
    };
    let Ok(user) = provider::user(&provider, &query.code, &verifier).await else {
        return Ok((StatusCode::BAD_REQUEST, "the provider has refused this login").into_response());
    };
    visitor.reload();
    visitor.user().await?; // loads: another tab may have logged in at the same moment
    if !visitor.is_replaced() {
        visitor.log_in(Visitor::USER, user).await?;
    }
    Ok(Redirect::to("/").into_response())
}

async fn home(visitor: ReadOnly<Visitor>) -> Result<String> {
    Ok(visitor.user().await?.map_or_else(|| "open /login".to_owned(), |user| format!("Hello, {user}")))
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
