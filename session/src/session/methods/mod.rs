//! Methods of `Session` in files of their own: CSRF tokens, and handles beyond the response.

mod csrf;
pub(crate) mod detached;
