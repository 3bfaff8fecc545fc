//! Tests of axum's and tower's own types: stacks of layers, extractors, services, and bodies.

mod commits;
mod cookies;
mod extractors;
mod failed_requests;
mod layers;
mod services;
mod stacks;
mod transports;

use axum::Router;
use axum::routing::get;
use session::axum::SessionLayer;

use super::frameworks::{router, serve_router as serve};
use super::{App, Error, HeaderMap, Kind, Session, StatusCode, app, browser, header, scope};

fn layer(app: &App) -> SessionLayer {
    SessionLayer::new(app.manager.clone())
}

/// The routes of most tests, without a layer.
fn routes() -> Router {
    router(scope([]))
}
