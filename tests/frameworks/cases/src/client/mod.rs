//! An HTTP client with a cookie jar.

mod browser;
mod http1;

pub use browser::Browser;
pub use http1::Response;
