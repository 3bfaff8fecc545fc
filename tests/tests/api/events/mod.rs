//! Tests of the events, spans and metrics of sessions.

mod listeners;
mod metrics;
mod spans;
