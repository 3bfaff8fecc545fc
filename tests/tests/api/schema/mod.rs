//! Tests of `#[derive(SessionSchema)]` at run time: attributes, releases with different schemas, and `assert_schema!`.

mod assert_schema;
mod attributes;
mod evolution;
mod expiring;
mod group;
mod keyed;
mod protected;
mod reading;
mod shared_keys;
mod typed_keys;
mod unset_all;
