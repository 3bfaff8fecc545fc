//! Tests of the public API on every store, in one process and without a network.

mod client_state;
mod clock_skew;
mod events;
mod futures;
mod guide;
mod lifetime;
mod pavex_guide;
mod readme;
mod request_matrix;
mod request_session;
mod schema;
mod session_methods;
mod usages;
mod user_sessions;
mod values;
