//! Framework integrations: the rule against request forgery, the tower layer, the layer and extractors for axum, and the middleware and extractors for actix-web.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
pub(crate) mod cross_origin;
#[cfg(feature = "_middleware")]
mod end_request;
#[cfg(feature = "_middleware")]
mod failure;
#[cfg(feature = "_middleware")]
mod handler_error;
#[cfg(feature = "_middleware")]
mod missing_layer;
#[cfg(feature = "_middleware")]
mod shared_cookie_name;
#[cfg(feature = "tower")]
pub mod tower;
