//! A Pavex application with session_pavex: every sample of Pavex's guide to session data, and handlers with a schema.

pub mod account;
pub mod app_error;
pub mod bare;
mod blueprint;
pub mod cases;
pub mod custom_errors;
pub mod guide;
pub mod shop;
pub mod state;
pub mod verified;

pub use blueprint::{blueprint, cases_blueprint, uncommitted_blueprint};
