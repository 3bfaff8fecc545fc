//! The handles an application holds: `Session`, typed views, client state, the manager, sessions of a user, the sweeper.

pub(crate) mod accessors;
pub(crate) mod client_state;
pub(crate) mod embedded;
pub(crate) mod ended_request;
pub(crate) mod handle;
pub(crate) mod lifecycle;
pub(crate) mod manager;
pub(crate) mod methods;
pub(crate) mod request_session;
pub(crate) mod server_state;
pub(crate) mod typed;
