//! A request as a whole: its effect in each state, and the core of framework integrations.

mod matrix;
mod request_session;
