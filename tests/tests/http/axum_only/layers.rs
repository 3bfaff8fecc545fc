//! Tests of axum's extractors and of `ServiceBuilder`.

use axum::debug_handler;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use session::{ErrorKind, ReadOnly, SessionSchema, Typed};
use tower::ServiceBuilder;

use super::*;

session_tests::on_every_store!(the_layer_fits_into_a_service_builder);

/// A middleware that writes before the handler runs, and reads its write afterwards.
async fn around(mut session: Session, request: Request, next: Next) -> Result<Response, Error> {
    session.insert("outside", 1).await?;
    let mut response = next.run(request).await;
    let inside: Option<u64> = session.get("inside").await?;
    response.headers_mut().insert("inside", inside.unwrap_or(0).into());
    Ok(response)
}

#[derive(SessionSchema)]
struct Trail {
    outside: u64,
    inside: u64,
}

#[debug_handler]
async fn inside(one: Session, mut two: Typed<Trail>, three: ReadOnly<Trail>) -> Result<String, Error> {
    two.set_inside(2)?;
    assert_eq!(one.get("inside").await?, Some(2));
    let seen = [three.outside().await?, three.inside().await?];
    Ok(format!("{seen:?}"))
}

async fn the_layer_fits_into_a_service_builder(kind: Kind) {
    let app = app(kind).await;
    let stack = ServiceBuilder::new().layer(layer(&app)).layer(from_fn(around));
    let server = serve(Router::new().route("/", get(inside)).layer(stack)).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/").await.line(), "200 [Some(1), Some(2)]");
    assert_eq!(server.get(&alice, "/").await.headers["inside"], "2");
}

#[tokio::test]
async fn the_error_of_a_missing_layer_names_the_fix() {
    let (mut parts, ()) = Request::new(()).into_parts();
    let error = Session::from_request_parts(&mut parts, &()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingLayer);
    for word in [".layer(SessionLayer::new(manager))", "router"] {
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
}
