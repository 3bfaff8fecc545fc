//! Tests of the public API on every store, in one process and without a network.

mod client_state;
mod clocks;
mod documents;
mod events;
mod futures;
mod requests;
mod schema;
mod session_methods;
mod usages;
mod user_sessions;
mod values;
