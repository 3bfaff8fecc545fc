//! Framework integrations: the tower layer, axum extractors, and the Pavex type alias.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "pavex")]
pub mod pavex;
#[cfg(feature = "tower")]
pub mod tower;
