//! Applications as data. Each framework serves the same routes, middleware and session layers.

mod actix;
mod axum;
mod layer;
mod middleware;
mod scope;
mod server;

pub(crate) use self::actix::Actix;
pub(crate) use self::axum::{Axum, router, serve as serve_router};
pub(crate) use self::layer::{ErrorResponse, FailureRule, Layer, OPTIONAL_COMMIT, UnsavedResponse};
pub(crate) use self::middleware::{Middleware, Refusal};
pub(crate) use self::scope::Scope;
pub(crate) use self::server::{Framework, Server};
