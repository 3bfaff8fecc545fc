//! The response to errors of the type `anyhow::Error`, which the guide's samples return.

use pavex::Response;
use session::RequestSession;

/// Responds to a session error like session_pavex, and to all other errors with status 500.
#[pavex::error_handler]
pub async fn app_error(#[px(error_ref)] error: &anyhow::Error, request: &RequestSession) -> Response {
    match error.downcast_ref::<session::Error>() {
        Some(error) => session_pavex::session_error(error, request).await,
        None => Response::internal_server_error(),
    }
}
