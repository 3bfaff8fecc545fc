//! Tests of failures: the store, its server, the connection to the client, and the disk.

mod crash_recovery;
mod disconnects;
mod fault_pairs;
mod management;
mod matrix;
mod request;
mod servers;
mod soak;
mod sqlite_file;
mod store_failures;
