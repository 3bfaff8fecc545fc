//! Tests of whole requests: a real server, the layer, and an HTTP client with a cookie jar.

mod commits;
mod cookies;
mod failed_requests;
mod handlers;
mod layers;
mod managers;
mod requests;
mod responses;
mod services;
mod stacks;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use axum::{Router, debug_handler};
use reqwest::Client;
use session::axum::SessionLayer;
use session::{CookieConfig, Error, Session};
use session_tests::{App, Kind, on_every_store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::commits::{
    a_handle_that_outlives_the_response_may_read_but_not_write, a_request_overtaken_by_a_logout_responds_409,
    a_request_whose_client_disconnects_commits_nothing, a_store_that_fails_at_the_commit_responds_503_and_nothing_else,
    an_application_can_keep_the_response_to_a_failed_commit,
    an_application_can_replace_the_response_to_a_failed_commit,
};
use self::cookies::{an_invalid_cookie_starts_a_new_session, the_valid_cookie_issued_last_of_several_is_used};
use self::handlers::{
    a_client_error_commits, a_handler_that_panics_commits_nothing,
    a_server_error_after_an_update_still_sends_the_pending_cookie,
    a_server_error_after_cycle_id_leaves_the_old_token_working, a_server_error_still_deletes_an_invalidated_session,
    a_session_error_returned_by_a_handler_becomes_the_response,
    an_error_returned_by_a_handler_gets_the_layers_response,
};
use self::layers::{
    a_nested_layer_passes_the_request_on, every_extractor_of_a_request_sees_one_session,
    nested_routers_share_the_session, the_layer_fits_into_a_service_builder,
};
use self::managers::{
    a_layer_inside_of_another_managers_layer_uses_its_outer_session, layers_of_two_managers_are_two_sessions,
};
use self::requests::{
    a_hundred_pairs_of_parallel_requests_lose_no_key, a_hundred_parallel_updates_all_count,
    a_login_that_redirects_is_logged_in_at_the_target, a_session_survives_requests,
};
use self::responses::{
    a_new_token_overrides_the_handlers_cache_control, a_response_with_a_token_has_every_attribute_and_is_not_cached,
    an_unused_session_adds_nothing_to_the_response, client_state_has_its_own_cookie,
};
use self::services::{a_plain_tower_service_has_sessions, a_service_that_fails_abandons_its_session};

struct Server {
    address: String,
    task: JoinHandle<()>,
}

async fn serve(routes: Router) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    Server { address, task }
}

impl Server {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn get(&self, client: &Client, path: &str) -> Response {
        let response = client.get(self.url(path)).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Response { status, headers, body: response.text().await.unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Response {
    fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The status and the body in one line.
    fn line(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.body).trim_end().to_owned()
    }
}

/// An application without secure cookies, because the client does not send them over plain HTTP.
async fn app(kind: Kind) -> App {
    App::with(kind, |config| config.cookie(CookieConfig::new().secure(false))).await
}

fn layer(app: &App) -> SessionLayer {
    SessionLayer::new(app.manager.clone())
}

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn without_cookies() -> Client {
    Client::builder().build().unwrap()
}

/// The handlers of most tests.
fn routes() -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/read/{key}", get(read))
        .route("/write/{key}/{value}", get(write))
        .route("/visits", get(visits))
        .route("/cycle", get(async |mut session: Session| session.cycle_id()))
        .route("/logout", get(async |mut session: Session| session.invalidate()))
}

async fn read(Path(key): Path<String>, session: Session) -> Result<String, Error> {
    Ok(format!("{:?}", session.get::<u64>(&key).await?))
}

async fn write(Path((key, value)): Path<(String, u64)>, mut session: Session) -> Result<(), Error> {
    session.insert(key, value).await
}

#[debug_handler]
async fn visits(mut session: Session) -> Result<String, Error> {
    let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1)).await?;
    Ok(format!("visit {visits}"))
}

on_every_store!(
    a_session_survives_requests,
    a_login_that_redirects_is_logged_in_at_the_target,
    a_hundred_pairs_of_parallel_requests_lose_no_key,
    a_hundred_parallel_updates_all_count,
    every_extractor_of_a_request_sees_one_session,
    the_layer_fits_into_a_service_builder,
    nested_routers_share_the_session,
    a_nested_layer_passes_the_request_on,
    layers_of_two_managers_are_two_sessions,
    a_layer_inside_of_another_managers_layer_uses_its_outer_session,
    an_unused_session_adds_nothing_to_the_response,
    a_response_with_a_token_has_every_attribute_and_is_not_cached,
    a_new_token_overrides_the_handlers_cache_control,
    client_state_has_its_own_cookie,
    a_server_error_after_cycle_id_leaves_the_old_token_working,
    a_server_error_after_an_update_still_sends_the_pending_cookie,
    a_server_error_still_deletes_an_invalidated_session,
    a_client_error_commits,
    a_session_error_returned_by_a_handler_becomes_the_response,
    an_error_returned_by_a_handler_gets_the_layers_response,
    a_handler_that_panics_commits_nothing,
    a_store_that_fails_at_the_commit_responds_503_and_nothing_else,
    an_application_can_replace_the_response_to_a_failed_commit,
    an_application_can_keep_the_response_to_a_failed_commit,
    a_request_overtaken_by_a_logout_responds_409,
    a_request_whose_client_disconnects_commits_nothing,
    a_handle_that_outlives_the_response_may_read_but_not_write,
    the_valid_cookie_issued_last_of_several_is_used,
    an_invalid_cookie_starts_a_new_session,
    a_plain_tower_service_has_sessions,
    a_service_that_fails_abandons_its_session,
);
