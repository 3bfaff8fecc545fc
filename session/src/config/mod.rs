//! The settings of an application: keys, cookies, transport, lifetime, clock and indexed keys.

pub(crate) mod clock;
pub(crate) mod cookie;
pub(crate) mod index;
pub(crate) mod lifetime;
pub(crate) mod secret_key;
pub(crate) mod session_config;
pub(crate) mod transport;
