//! Typed HTTP sessions.

mod error;

mod time;

mod lifetime;

mod id;

mod seal;

mod json;

mod cookie;
mod config;
mod manager;
mod session;
mod client;
mod changes;
mod state;
mod plan;
mod commit;
mod meta;
mod schema;
pub mod store;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "pavex")]
pub mod pavex;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;




pub use self::client::{ClientState, ClientStateMut};
pub use self::config::{ExtendOn, SessionConfig};
pub use self::cookie::{CookieConfig, SameSite};
pub use self::error::{Error, ErrorKind};
pub use self::id::SessionId;
pub use self::lifetime::Lifetime;
pub use self::manager::SessionManager;
pub use self::meta::Meta;
pub use self::schema::{ClientKey, Key, ReadOnly, SessionSchema, Typed};
pub use self::seal::SecretKey;
pub use self::session::Session;
