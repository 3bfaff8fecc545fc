//! Tests of `#[derive(SessionSchema)]` at run time: attributes, releases with different schemas, and `assert_schema!`.

mod assert_schema;
mod attributes;
mod evolution;
mod expiring;
mod group;
mod inspectors;
mod keyed;
mod partial_snapshots;
mod protected;
mod shared_keys;
mod typed_keys;
mod unreadable_values;
mod unset_all;
mod wrong_types;
