//! Tests of the threat model: attacks, secrets in errors and logs, and hostile input.

mod attacks;
mod fuzz;
mod secrets;
