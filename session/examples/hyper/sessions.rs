//! Sessions for hyper: a function around the handler of a server. Copy this file into your application.

use http::{HeaderValue, Request, Response};
use session::{Error, RequestSession, Session, SessionManager};

/// Handles a request with a session, and returns the response with its cookies. Call this once per request.
///
/// If a session operation fails, the response has the status of the error's kind and an empty body. The cause is logged.
pub(crate) async fn with_session<B, R, F>(
    manager: &SessionManager,
    mut request: Request<B>,
    handle: impl FnOnce(Request<B>) -> F,
) -> Response<R>
where
    R: Default,
    F: Future<Output = Result<Response<R>, Error>>,
{
    let session = manager.begin(request.headers()).with_method(request.method().as_str());
    // If the client disconnects, hyper drops this future. That is no reason for a warning in the log.
    let _guard = session.cancel_guard();
    request.extensions_mut().insert(session.clone());
    let (mut response, ended) = match handle(request).await {
        Ok(response) => {
            let headers = response.headers();
            let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
            let ended = session.end(response.status().as_u16(), header).await;
            (response, ended)
        }
        Err(error) => (error_response(&error), session.fail(&error).await),
    };
    if let Some(error) = ended.error() {
        // The commit failed, and the response of the handler may state that data was saved.
        response = error_response(error);
    }
    ended.apply_to(response.headers_mut());
    response
}

/// Returns a handle to the session of a request.
///
/// # Panics
///
/// If the request did not pass [`with_session`].
pub(crate) fn extract_session<B>(request: &Request<B>) -> Session {
    request.extensions().get::<RequestSession>().expect("`with_session` began the session").session()
}

fn error_response<R: Default>(error: &Error) -> Response<R> {
    let mut response = Response::new(R::default());
    *response.status_mut() = error.status();
    response
}
