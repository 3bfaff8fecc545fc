//! The application of all frameworks on hyper.

#[path = "../frameworks/every_framework.rs"]
mod every_framework;

use std::future::pending;

use session_framework_cases::{Application, Parameters, Reply, ReplyBody};

use self::every_framework::log_of_a_dropped_request;
use super::*;

const FRAMEWORK: &str = "hyper";

fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

/// Starts a server for the routes of all frameworks, and returns its address.
async fn serve(application: Application) -> String {
    serve_handler(application.manager.clone(), move |request| call(application.clone(), request)).await
}

async fn serve_example(manager: SessionManager) -> String {
    serve_handler(manager, route).await
}

async fn serve_handler<H, F>(manager: SessionManager, handle: H) -> String
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<String>, Error>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve_connection(stream, manager.clone(), handle.clone()));
        }
    });
    address
}

async fn call(application: Application, request: Request<Incoming>) -> Result<Response<String>, Error> {
    let (method, path) = (request.method(), request.uri().path());
    let routes = application.routes();
    let Some(route) = routes.iter().find(|route| route.matches(method, path)) else {
        return Ok(status(StatusCode::NOT_FOUND));
    };
    let reply = route.handler.call(Parameters::new(path), || extract_session(&request));
    reply.await.map(response)
}

fn response(reply: Reply) -> Response<String> {
    let ReplyBody::Text(text) = reply.body else { panic!("no case streams its body") };
    let mut response = Response::new(text);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

#[test]
fn a_request_that_the_client_cancels_logs_nothing() {
    let manager = manager();
    let request = with_session(&manager, Request::new(()), async |request| {
        extract_session(&request).insert("visited", true).await?;
        pending::<Result<Response<String>, Error>>().await
    });
    assert_eq!(log_of_a_dropped_request(request), "");
}
