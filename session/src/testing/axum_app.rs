//! The client of a router of axum, or of another tower service with its body.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::response::IntoResponse;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tower_service::Service;

use crate::testing::client::private::Sealed;
use crate::testing::client::{Client, TestApp, to_text};

type ResponseFuture = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// A router under test: see [`Client::axum`]. Clones share it.
#[derive(Clone)]
pub struct AxumApp(Arc<dyn Fn(Request<Body>) -> ResponseFuture + Send + Sync>);

impl Client<AxumApp> {
    /// Creates a client of a `Router`, or of another service of axum.
    ///
    /// Each request is sent to a clone of the router. A request reaches the router as from a server, except that it has no
    /// `ConnectInfo` and an address that may be only a path.
    pub fn axum<S>(app: S) -> Self
    where
        S: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send,
    {
        Self::new(AxumApp(Arc::new(move |request| {
            let mut app = app.clone();
            Box::pin(async move {
                let Ok(()) = poll_fn(|context| app.poll_ready(context)).await;
                let Ok(response) = app.call(request).await;
                response.into_response()
            })
        })))
    }
}

impl Sealed for AxumApp {}

impl TestApp for AxumApp {
    async fn call(&self, request: Request<String>) -> Response<String> {
        let (head, body) = (self.0)(request.map(Body::from)).await.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("the body of the response failed: {error}"));
        Response::from_parts(head, to_text(&body.to_bytes()))
    }
}

impl fmt::Debug for AxumApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AxumApp")
    }
}
