//! One application for servers of every web framework, and its expected outcomes.
//!
//! A server of a framework runs the [`Application`]: its manager, and its [`Route`]s with the extractors of the framework.
//! [`assert_outcomes`] then sends the requests of all cases to the server over HTTP, and compares the responses, cookies and
//! store operations with `outcomes.md`. All frameworks share this page.

#![allow(missing_docs, clippy::missing_panics_doc, clippy::missing_errors_doc, reason = "fixtures, not an interface")]

mod application;
mod cases;
mod client;
mod controls;
pub mod handlers;
mod outcome_table;
mod outcomes;
mod reply;
mod route;
mod visitor;

pub use application::Application;
pub use cases::case_names;
pub use client::{Browser, Response};
pub use controls::Controls;
pub use outcomes::{assert_outcome, assert_outcomes};
pub use reply::{Reply, ReplyBody};
pub use route::{Extractors, Handler, Parameters, ReplyFuture, Route};
pub use visitor::Visitor;
