//! The values that a field writes: JSON texts that its type has read and written again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::Shape;
use super::coverage::{undecided, unknown_parts};
use super::examples::{Combination, examples};

/// The values that a field of one release writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::schema::assert_schema) struct WrittenValues {
    pub(in crate::schema::assert_schema) shape: Shape,
    /// JSON texts that the field writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::schema::assert_schema) values: Vec<String>,
    /// Set if the type has values that the shape shows, and that are in no text.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(in crate::schema::assert_schema) incomplete: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "required by serde")]
pub(in crate::schema::assert_schema) fn is_false(flag: &bool) -> bool {
    !flag
}

impl WrittenValues {
    /// Tries the texts that follow from the shape. `rewrite` reads a text and writes the value again.
    ///
    /// A text that the type does not write is not used: no session can contain it.
    pub(in crate::schema::assert_schema) fn find(shape: Shape, rewrite: impl Fn(&str) -> Option<String>) -> Self {
        let all = examples(&shape, Combination::Parallel, &[]);
        let mut incomplete = all.is_truncated;
        let mut values = Vec::new();
        let mut add = |texts: Vec<String>| {
            let mut is_refused = false;
            for text in texts {
                let written = rewrite(&text);
                is_refused |= written.is_none();
                let written = written.and_then(|written| stored_text(text, written, &rewrite));
                values.extend(written.filter(|written| !values.contains(written)));
            }
            is_refused
        };
        if add(all.texts) {
            let others = examples(&shape, Combination::OneByOne, &[]);
            incomplete |= add(others.texts) | others.is_truncated;
        }
        add(examples(&shape, Combination::WithoutOneField, &[]).texts);
        Self { shape, values, incomplete }
    }

    pub(in crate::schema::assert_schema) fn add_null(&mut self) {
        if !self.values.iter().any(|text| text == "null") {
            self.values.push("null".to_owned());
        }
    }

    /// Returns the parts of which no value is known. A change of them shows nothing.
    pub(in crate::schema::assert_schema) fn unknown_parts(&self, path: &str) -> Vec<String> {
        let parts = unknown_parts(path, &self.shape);
        if parts.is_empty() && (self.incomplete || self.values.is_empty()) { vec![path.to_owned()] } else { parts }
    }

    /// Returns true if the values of this type are known, and those of an equal type are the same.
    pub(in crate::schema::assert_schema) fn is_complete(&self) -> bool {
        !self.incomplete && !self.values.is_empty() && !self.shape.is_partial()
    }

    /// Returns the parts of these values that were not all tried with a changed type. Empty if all of them were tried.
    pub(in crate::schema::assert_schema) fn undecided(
        &self,
        path: &str,
        new: &Self,
        is_same_type: bool,
    ) -> Vec<String> {
        let parts = undecided(path, &self.shape, &new.shape, is_same_type);
        if parts.is_empty() && (self.incomplete || self.values.is_empty()) { self.unknown_parts(path) } else { parts }
    }
}

/// Returns the text that is stored for a value. The texts of `rewrite` are used only if they are the same in each run: an
/// added field may contain the current time.
fn stored_text(text: String, written: String, rewrite: impl Fn(&str) -> Option<String>) -> Option<String> {
    if text == written {
        return Some(text);
    }
    let tree = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (read, wrote) = (tree(&text)?, tree(&written)?);
    if read == wrote {
        return Some(text);
    }
    let is_stable = || rewrite(&text).as_ref() == Some(&written) && rewrite(&written).as_ref() == Some(&written);
    (adds_nothing(&read, &wrote) && is_stable()).then_some(written)
}

/// Returns true if the written value has no parts that the read one does not have.
fn adds_nothing(read: &Value, written: &Value) -> bool {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            written.iter().all(|(key, written)| read.get(key).is_some_and(|read| adds_nothing(read, written)))
        }
        (Value::Array(read), Value::Array(written)) => {
            read.len() == written.len() && read.iter().zip(written).all(|(read, written)| adds_nothing(read, written))
        }
        _ => true,
    }
}

/// Returns true if a number of the value, or the length of a list, is another one when the value is written again.
pub(in crate::schema::assert_schema) fn is_changed_value(read: &str, written: &str) -> bool {
    let tree = |text: &str| sorted(serde_json::from_str(text).unwrap_or_default());
    differs(&tree(read), &tree(written))
}

fn differs(read: &Value, written: &Value) -> bool {
    match (read, written) {
        (Value::Number(read), Value::Number(written)) => !is_equal_number(read, written),
        (Value::Array(read), Value::Array(written)) => {
            read.len() != written.len() || read.iter().zip(written).any(|(read, written)| differs(read, written))
        }
        (Value::Object(read), Value::Object(written)) => {
            read.iter().any(|(key, read)| written.get(key).is_some_and(|written| differs(read, written)))
        }
        _ => false,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float without a fraction, and the limit for one that is too large"
)]
fn is_equal_number(read: &Number, written: &Number) -> bool {
    let integer = |number: &Number| {
        let float = || number.as_f64().filter(|float| float.fract() == 0.0);
        number.as_i128().or_else(|| float().map(|float| float as i128))
    };
    match (integer(read), integer(written)) {
        (Some(read), Some(written)) => read == written,
        (None, None) => read.as_f64() == written.as_f64(),
        _ => false,
    }
}

/// Returns true if two texts contain the same value. Sets are written in any order.
pub(in crate::schema::assert_schema) fn is_equal_value(one: &str, other: &str) -> bool {
    let tree = |text: &str| serde_json::from_str(text).ok().map(sorted);
    one == other || tree(one).is_some_and(|one| Some(one) == tree(other))
}

/// Sorts lists, because sets are written in any order, and the fields of objects.
fn sorted(tree: Value) -> Value {
    match tree {
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(sorted).collect();
            items.sort_by_cached_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            fields.into_iter().collect()
        }
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::assert_schema::shape::scalar::{Kind, Scalar};

    fn find(rewrite: impl Fn(&str) -> Option<String>) -> WrittenValues {
        WrittenValues::find(Shape::Scalar(Scalar::new(Kind::U8)), rewrite)
    }

    #[test]
    fn a_text_that_the_type_refuses_is_not_used() {
        let written = find(|text| (text == "0").then(|| text.to_owned()));
        assert_eq!((written.values, written.incomplete), (vec!["0".to_owned()], true));
    }

    #[test]
    fn a_type_with_too_many_values_is_incomplete() {
        let variants = (0..300).map(|number| (number.to_string(), None)).collect();
        let written = WrittenValues::find(Shape::OneOf(variants), |text| Some(text.to_owned()));
        assert!(written.incomplete && !written.is_complete());
        assert_eq!(written.undecided("theme", &find(|text| Some(text.to_owned())), true), ["theme"]);
    }

    #[test]
    fn a_type_that_writes_more_than_it_reads_has_no_known_value() {
        let shape = serde_json::from_str::<Shape>(r#"{"object":{"a":"u8"}}"#).unwrap();
        let written = WrittenValues::find(shape, |_| Some(r#"{"a":0,"now":1}"#.to_owned()));
        assert_eq!(written.values, Vec::<String>::new());
        assert_eq!(written.undecided("visit", &find(|text| Some(text.to_owned())), true), ["visit"]);
        assert_eq!(written.unknown_parts("visit"), ["visit"]);
    }

    #[test]
    fn a_text_that_is_written_differently_is_used_as_it_is_written_if_nothing_is_added() {
        assert_eq!(find(|text| Some(format!("\"{}\"", text.trim_matches('"')))).values, ["\"0\"", "\"255\""]);
        let runs = std::cell::Cell::new(0);
        let written = find(|_| {
            runs.set(runs.get() + 1);
            Some(runs.get().to_string())
        });
        assert_eq!(written.values, Vec::<String>::new());
        assert!(adds_nothing(&serde_json::json!({"a": [1], "b": 2}), &serde_json::json!({"a": ["1"]})));
        assert!(!adds_nothing(&serde_json::json!({"a": 1}), &serde_json::json!({"a": 1, "now": 2})));
    }

    #[test]
    fn a_number_that_is_rounded_and_a_list_that_loses_items_are_changed() {
        assert!(is_changed_value("[9007199254740993]", "[9007199254740992.0]"));
        assert!(is_changed_value(r#"{"n":0.1234567890123}"#, r#"{"n":0.12345679}"#));
        assert!(is_changed_value("[0,0]", "[0]"));
        assert!(!is_changed_value("[3,10,2]", "[10.0,2.0,3.0]"));
        assert!(!is_changed_value(r#"{"n":[1,0.5],"gone":1}"#, r#"{"n":[1.0,0.5],"added":2}"#));
    }

    #[test]
    fn equal_values_may_have_another_order() {
        assert!(is_equal_value(r#"{"a":[1,{"x":2}],"b":3}"#, r#"{"b":3,"a":[{"x":2},1]}"#));
        assert!(!is_equal_value(r#"{"a":[1]}"#, r#"{"a":[1,1]}"#));
    }
}
