//! Tests of concurrent requests: on one session, in every order, at random, and in several processes.

mod concurrent_requests;
mod detached_orders;
mod interleavings;
mod model;
mod random_requests;
mod two_processes;
