//! The settings of an application: keys, cookies, transport, lifetime, clock, indexed keys and event listeners.

pub(crate) mod clock;
pub(crate) mod cookie;
pub(crate) mod event;
pub(crate) mod index;
pub(crate) mod lifetime;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub(crate) mod secret_key;
pub(crate) mod session_config;
pub(crate) mod transport;
