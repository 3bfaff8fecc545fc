//! Framework integrations: the tower layer, the axum layer and extractors, and the Pavex type alias.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tower")]
mod end_request;
#[cfg(feature = "tower")]
mod failure;
#[cfg(feature = "tower")]
mod handler_error;
#[cfg(feature = "tower")]
mod layer_settings;
#[cfg(feature = "pavex")]
pub mod pavex;
#[cfg(feature = "tower")]
mod request_future;
#[cfg(feature = "tower")]
mod session_extension;
#[cfg(feature = "tower")]
mod shared_cookie_name;
#[cfg(feature = "tower")]
pub mod tower;
