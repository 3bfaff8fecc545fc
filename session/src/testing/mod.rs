//! Helpers for the tests of an application: a browser, a clock, a store that fails on demand, and clients for axum and
//! actix-web.
//!
//! Enable the feature `testing` for tests only:
//!
//! ```toml
//! [dev-dependencies]
//! session = { path = "../session/session", features = ["testing"] } # the same source as in `[dependencies]`
//! ```
//!
//! - [`Browser`] creates the headers of requests and keeps the cookies of responses. [`Browser::with`] prepares a
//!   session, for example a logged-in user.
//! - [`Client`] sends requests to a router of axum or to a service of actix-web, without a server.
//! - [`TestClock`] is the time of a test: sessions expire without waiting.
//! - [`FailingStore`] fails as a [`Fault`] describes, and records the store operations.
//!
//! The page [testing your handlers](crate::docs::testing_your_handlers) has an example of each.

#[cfg(all(feature = "testing", feature = "actix"))]
mod actix_app;
#[cfg(all(feature = "testing", feature = "axum"))]
mod axum_app;
#[cfg(feature = "testing")]
mod browser;
#[cfg(feature = "testing")]
mod client;
// Public as `session::store::conformance`.
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub mod conformance;
#[cfg(feature = "testing")]
mod cookie_jar;
#[cfg(feature = "testing")]
mod failing_store;
#[cfg(feature = "testing")]
mod fault;
#[cfg(feature = "testing")]
mod test_clock;

#[cfg(all(feature = "testing", feature = "actix"))]
pub use self::actix_app::ActixApp;
#[cfg(all(feature = "testing", feature = "axum"))]
pub use self::axum_app::AxumApp;
#[cfg(feature = "testing")]
pub use self::browser::Browser;
#[cfg(feature = "testing")]
pub use self::client::{Client, TestApp};
#[cfg(feature = "testing")]
pub use self::failing_store::FailingStore;
#[cfg(feature = "testing")]
pub use self::fault::Fault;
#[cfg(feature = "testing")]
pub use self::test_clock::TestClock;
