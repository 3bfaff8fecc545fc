//! A fake OAuth provider, and the client that exchanges a code for the user. A real application uses the crate `oauth2`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The codes that were issued, with their challenges.
#[derive(Clone)]
struct Provider {
    callback: String,
    challenges: Arc<Mutex<HashMap<String, String>>>,
}

#[derive(Deserialize)]
struct Authorization {
    state: String,
    code_challenge: String,
}

/// The parameters with which the provider redirects back.
#[derive(Deserialize)]
pub(crate) struct Callback {
    pub(crate) state: String,
    /// Empty if the user has refused.
    #[serde(default)]
    pub(crate) code: String,
}

#[derive(Deserialize, Serialize)]
struct Exchange {
    code: String,
    code_verifier: String,
}

/// Starts the provider. Returns its URL.
pub(crate) async fn start(address: &str, callback: &str) -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let provider = Provider { callback: callback.to_owned(), challenges: Arc::default() };
    let routes = Router::new().route("/authorize", get(authorize)).route("/token", post(token)).with_state(provider);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

/// The user logs in at the provider, which redirects back with a code.
async fn authorize(State(provider): State<Provider>, Query(request): Query<Authorization>) -> Redirect {
    let mut challenges = provider.challenges.lock().unwrap();
    let code = format!("code-{}", challenges.len());
    challenges.insert(code.clone(), request.code_challenge);
    Redirect::to(&format!("{}?code={code}&state={}", provider.callback, request.state))
}

/// A code is valid once, and only with the verifier of its challenge.
async fn token(State(provider): State<Provider>, Form(request): Form<Exchange>) -> Result<&'static str, StatusCode> {
    let challenge = provider.challenges.lock().unwrap().insert(request.code, "used".to_owned());
    let expected = URL_SAFE_NO_PAD.encode(Sha256::digest(&request.code_verifier));
    if challenge == Some(expected) { Ok("Ada") } else { Err(StatusCode::BAD_REQUEST) }
}

/// Exchanges a code for the user.
pub(crate) async fn user(provider: &str, code: &str, verifier: &str) -> Result<String, reqwest::Error> {
    let exchange = Exchange { code: code.to_owned(), code_verifier: verifier.to_owned() };
    let response = reqwest::Client::new().post(format!("{provider}/token")).form(&exchange).send().await?;
    response.error_for_status()?.text().await
}
