//! Tests of the five stores: the conformance suite, the behaviour of each database, and the cost of a request.

mod compaction_costs;
mod conformance;
mod custom_store;
mod mysql;
mod postgres;
mod redis;
mod round_trips;
mod row_races;
mod sqlite;
