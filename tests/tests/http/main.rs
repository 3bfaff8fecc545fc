//! Whole requests: a real server, the layer, and a real client that keeps cookies.

mod answers;
mod commits;
mod cookies;
mod handlers;
mod layers;
mod requests;
mod services;

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

use self::answers::{
    a_token_overrules_the_handlers_own_caching, an_answer_with_a_token_has_every_attribute_and_is_not_cached,
    an_unused_session_leaves_no_trace_in_the_answer, client_state_travels_in_a_cookie_of_its_own,
};
use self::commits::{
    a_handle_that_outlives_the_answer_may_read_but_not_write, a_request_that_a_sign_out_overtook_is_told_so,
    a_request_whose_client_leaves_commits_nothing, a_store_that_fails_at_the_commit_answers_503_and_nothing_else,
    an_application_may_answer_a_failed_commit_itself,
};
use self::cookies::{
    a_cookie_that_does_not_open_is_a_new_session, of_several_cookies_of_our_name_the_first_that_opens_counts,
};
use self::handlers::{
    a_client_error_commits, a_handler_passes_a_sessions_error_on_as_its_answer, a_handler_that_panics_commits_nothing,
    a_server_error_after_an_update_still_sends_the_cookie_owed,
    a_server_error_after_cycle_id_leaves_the_old_token_working, a_server_error_still_ends_a_session,
    an_error_that_a_handler_returns_gets_the_layers_answer,
};
use self::layers::{
    a_layer_within_a_layer_passes_the_request_on, every_extractor_of_a_request_sees_one_session,
    layers_of_two_managers_are_two_sessions, nested_routers_share_the_session, the_layer_fits_into_a_service_builder,
};
use self::requests::{
    a_hundred_pairs_of_parallel_requests_lose_no_key, a_hundred_parallel_updates_all_count,
    a_session_survives_requests, a_sign_in_that_redirects_has_signed_in_where_it_lands,
};
use self::services::{a_service_that_fails_abandons_its_session, a_service_that_is_not_axums_has_sessions_too};

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

    async fn get(&self, client: &Client, path: &str) -> Answer {
        let response = client.get(self.url(path)).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Status and body, in one line.
    fn line(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.body).trim_end().to_owned()
    }
}

/// The client sends no secure cookies over plain http.
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

/// Handlers that most claims need.
fn routes() -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/read/{key}", get(read))
        .route("/write/{key}/{value}", get(write))
        .route("/visits", get(visits))
        .route("/cycle", get(async |mut session: Session| session.cycle_id()))
        .route("/sign-out", get(async |mut session: Session| session.invalidate()))
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
    a_sign_in_that_redirects_has_signed_in_where_it_lands,
    a_hundred_pairs_of_parallel_requests_lose_no_key,
    a_hundred_parallel_updates_all_count,
    every_extractor_of_a_request_sees_one_session,
    the_layer_fits_into_a_service_builder,
    nested_routers_share_the_session,
    a_layer_within_a_layer_passes_the_request_on,
    layers_of_two_managers_are_two_sessions,
    an_unused_session_leaves_no_trace_in_the_answer,
    an_answer_with_a_token_has_every_attribute_and_is_not_cached,
    a_token_overrules_the_handlers_own_caching,
    client_state_travels_in_a_cookie_of_its_own,
    a_server_error_after_cycle_id_leaves_the_old_token_working,
    a_server_error_after_an_update_still_sends_the_cookie_owed,
    a_server_error_still_ends_a_session,
    a_client_error_commits,
    a_handler_passes_a_sessions_error_on_as_its_answer,
    an_error_that_a_handler_returns_gets_the_layers_answer,
    a_handler_that_panics_commits_nothing,
    a_store_that_fails_at_the_commit_answers_503_and_nothing_else,
    an_application_may_answer_a_failed_commit_itself,
    a_request_that_a_sign_out_overtook_is_told_so,
    a_request_whose_client_leaves_commits_nothing,
    a_handle_that_outlives_the_answer_may_read_but_not_write,
    of_several_cookies_of_our_name_the_first_that_opens_counts,
    a_cookie_that_does_not_open_is_a_new_session,
    a_service_that_is_not_axums_has_sessions_too,
    a_service_that_fails_abandons_its_session,
);
