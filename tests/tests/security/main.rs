//! Tests of the threat model: attacks, secrets in errors and logs, and hostile input.

mod attacks;
mod cookie_warnings;
mod cross_origin;
mod csrf;
mod csrf_tokens;
mod fuzz;
mod log_subscribers;
mod sealed_values;
mod secrets;
mod several_cookies;
mod transports;
