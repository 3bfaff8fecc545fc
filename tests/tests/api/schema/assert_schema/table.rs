//! Evolutions of schemas. In each, the old value is read by the new schema, and the verdict must agree.

use std::fmt::Write;

use expect_test::expect_file;

use super::evolution::Evolution;
use super::{changed_fields, changed_groups, changed_types};

/// Compares the descriptions with one file, so that all texts are reviewed together.
#[tokio::test]
async fn each_verdict_agrees_with_the_reading_of_the_old_value() {
    let groups: [fn() -> Vec<Evolution>; 9] = [
        changed_types::enums,
        changed_types::structs,
        changed_types::simple_types,
        changed_fields::keys,
        changed_fields::structure,
        changed_fields::attributes,
        changed_fields::keyed_fields,
        changed_groups::fields,
        changed_groups::nulls,
    ];
    let (mut table, mut number) = (String::new(), 0);
    for evolution in groups.into_iter().flat_map(|group| group()) {
        number += 1;
        _ = writeln!(table, "{number}. {}", evolution.describe().await);
    }
    expect_file!["evolutions.txt"].assert_eq(&table);
}
