use http::{Request, Response};
use session::SessionManager;
use session::tower::SessionLayer;
use tower::{Layer, Service, service_fn};

/// The response body of another layer, inside of the session layer.
struct LimitedBody(String);

async fn hello(_: Request<()>) -> Result<Response<LimitedBody>, session::Error> {
    Ok(Response::new(LimitedBody("hello".to_owned())))
}

fn serve(_: impl Service<Request<()>>) {}

fn start(manager: SessionManager) {
    serve(SessionLayer::new(manager).layer(service_fn(hello)));
}

fn main() {}
