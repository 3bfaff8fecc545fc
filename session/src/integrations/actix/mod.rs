//! actix-web integration.

mod end_response;
mod error_response;
mod extractors;
mod middleware;
mod request_future;
mod request_scope;
mod request_slot;
mod settings;
mod slot_pool;

pub use self::extractors::SessionExt;
pub use self::middleware::{Failure, SessionMiddleware, SessionService};
pub use self::request_future::SessionFuture;
pub use self::settings::is_failure;
