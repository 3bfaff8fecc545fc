//! JSON texts that a shape reads, derived from the shape.

use std::collections::HashSet;

use super::Shape;
use super::scalar::{Kind, Scalar};

/// A value is tried with at most this number of texts.
const MAX_TEXTS: usize = 200;

/// Values inside of a recursive type are at most this number of levels deep.
const MAX_RECURSION: usize = 4;

/// JSON texts of one type.
#[derive(Debug, Default, PartialEq)]
pub(in crate::schema::assert_schema) struct Examples {
    pub(in crate::schema::assert_schema) texts: Vec<String>,
    /// Set if there are too many, so that some parts have values that are in no text.
    pub(in crate::schema::assert_schema) is_truncated: bool,
}

/// How the values of several parts are combined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::schema::assert_schema) enum Combination {
    /// Each text has other values in all parts. The number of texts is the one of the part with the most values.
    Parallel,
    /// Each text has one part with another value. For types that refuse some combinations.
    OneByOne,
    /// Each text is without one field of an object. For types that do not write all fields.
    WithoutOneField,
}

/// Returns JSON texts of a shape: each variant, limit, and empty part is in one of them.
///
/// `strings` are further values of each text.
pub(in crate::schema::assert_schema) fn examples(
    shape: &Shape,
    combination: Combination,
    strings: &[&str],
) -> Examples {
    let mut builder = Builder { outer: Vec::new(), recursion: 0, strings, combination, is_truncated: false };
    let texts = builder.texts(shape);
    Examples { texts, is_truncated: builder.is_truncated }
}

struct Builder<'s> {
    /// The shapes that contain the current one.
    outer: Vec<&'s Shape>,
    /// Above zero inside of a recursive value, which must be short.
    recursion: usize,
    strings: &'s [&'s str],
    combination: Combination,
    is_truncated: bool,
}

impl<'s> Builder<'s> {
    /// Returns the texts of a shape, an ordinary one first. Empty if no value is known.
    fn texts(&mut self, shape: &'s Shape) -> Vec<String> {
        if let Shape::Recursive(levels) = shape {
            return self.recursive(*levels);
        }
        self.outer.push(shape);
        let mut texts = self.texts_of_parts(shape);
        self.outer.pop();
        let mut known = HashSet::new();
        texts.retain(|text| known.insert(text.clone()));
        let limit = if self.recursion > 0 { 1 } else { MAX_TEXTS };
        self.is_truncated |= self.recursion == 0 && texts.len() > limit;
        texts.truncate(limit);
        texts
    }

    fn recursive(&mut self, levels: usize) -> Vec<String> {
        let Some(length) = self.outer.len().checked_sub(levels).filter(|_| self.recursion < MAX_RECURSION) else {
            return Vec::new();
        };
        let inner = self.outer.split_off(length);
        self.recursion += 1;
        let texts = inner.first().map(|outer| self.texts(outer)).unwrap_or_default();
        self.recursion -= 1;
        self.outer.extend(inner);
        texts
    }

    fn texts_of_parts(&mut self, shape: &'s Shape) -> Vec<String> {
        let empty = |text: &str| text.to_owned();
        // An empty value is the ordinary one inside of a recursive type.
        let with_empty = |texts: Vec<String>, empty: String, is_short: bool| {
            if is_short { vec![empty] } else { texts.into_iter().chain([empty]).collect() }
        };
        let is_short = self.recursion > 0;
        match shape {
            Shape::Nullable(inner) => with_empty(self.unless_short(inner), empty("null"), is_short),
            Shape::List(item) => {
                let items = self.unless_short(item).into_iter().map(|item| list(&[item]));
                with_empty(items.collect(), empty("[]"), is_short)
            }
            Shape::Map(key, value) => {
                let (keys, values) = (map_keys(key, self.strings), self.unless_short(value));
                let entries = self.combine(&[keys, values]);
                let entries = entries.iter().map(|entry| object([(&*entry[0], &*entry[1])]));
                with_empty(entries.collect(), empty("{}"), is_short)
            }
            Shape::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| self.texts(item)).collect();
                self.combine(&items).iter().map(|items| list(items)).collect()
            }
            Shape::Object(fields) => self.object(fields),
            Shape::OneOf(variants) => self.one_of(variants),
            Shape::Recursive(_) => Vec::new(),
            Shape::Scalar(scalar) => {
                let is_once = self.combination == Combination::WithoutOneField;
                let texts = scalar.texts().into_iter().take(if is_once { 1 } else { MAX_TEXTS }).map(str::to_owned);
                let strings = self.strings.iter().filter(|_| *scalar == Scalar::new(Kind::Text));
                texts.chain(strings.map(|text| quoted(text))).collect()
            }
        }
    }

    fn unless_short(&mut self, shape: &'s Shape) -> Vec<String> {
        if self.recursion > 0 { Vec::new() } else { self.texts(shape) }
    }

    fn object(&mut self, fields: &'s [(String, Shape)]) -> Vec<String> {
        let values: Vec<_> = fields.iter().map(|(_, shape)| self.texts(shape)).collect();
        let with = |texts: &[String], omitted: Option<usize>| {
            let fields = fields.iter().zip(texts).enumerate().filter(|(index, _)| Some(*index) != omitted);
            object(fields.map(|(_, ((name, _), text))| (&**name, &**text)))
        };
        let mut texts: Vec<_> = self.combine(&values).iter().map(|texts| with(texts, None)).collect();
        if self.combination == Combination::WithoutOneField {
            for omitted in 0..fields.len() {
                let mut values = values.clone();
                values[omitted] = vec![String::new()];
                texts.extend(self.combine(&values).iter().map(|texts| with(texts, Some(omitted))));
            }
        }
        texts
    }

    fn one_of(&mut self, variants: &'s [(String, Option<Shape>)]) -> Vec<String> {
        let mut texts = Vec::new();
        // A variant without content ends a recursive value.
        if self.recursion > 0
            && let Some((name, _)) = variants.iter().find(|(_, content)| content.is_none())
        {
            return vec![quoted(name)];
        }
        for (name, content) in variants {
            match content {
                None => texts.push(quoted(name)),
                Some(content) => texts.extend(self.texts(content).iter().map(|text| object([(&**name, &**text)]))),
            }
        }
        texts
    }

    /// Combines the texts of several parts. Empty if a part has none.
    fn combine(&self, parts: &[Vec<String>]) -> Vec<Vec<String>> {
        if parts.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let with = |number: usize, only: Option<usize>| {
            let texts = parts.iter().enumerate().map(|(part, texts)| {
                let other = texts.get(number).filter(|_| only.is_none_or(|only| only == part));
                other.unwrap_or(&texts[0]).clone()
            });
            texts.collect::<Vec<_>>()
        };
        let most = parts.iter().map(Vec::len).max().unwrap_or(1);
        let parallel = (0..most).map(|number| with(number, None));
        match self.combination {
            Combination::Parallel => parallel.collect(),
            Combination::OneByOne | Combination::WithoutOneField => {
                let others = parts.iter().enumerate();
                let others = others.flat_map(|(part, texts)| (1..texts.len()).map(move |number| (number, Some(part))));
                [with(0, None)].into_iter().chain(others.map(|(number, part)| with(number, part))).collect()
            }
        }
    }
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

fn object<'t>(fields: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let fields = fields.into_iter().map(|(key, value)| format!("{}:{value}", quoted(key)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    serde_json::json!(text).to_string()
}

/// Returns keys of a map. JSON has only texts as keys, so a number is written as a text.
fn map_keys(key: &Shape, strings: &[&str]) -> Vec<String> {
    let text = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.to_owned());
    match key {
        Shape::Scalar(scalar) => {
            let strings = strings.iter().filter(|_| *scalar == Scalar::new(Kind::Text)).map(|text| (*text).to_owned());
            scalar.texts().into_iter().rev().map(text).chain(strings).collect()
        }
        Shape::OneOf(variants) => variants.iter().map(|(name, _)| name.clone()).collect(),
        Shape::Nullable(key) => map_keys(key, strings),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not `json!`, which sorts the fields.
    macro_rules! shape {
        ($($json:tt)*) => { serde_json::from_str::<Shape>(stringify!($($json)*)).unwrap() };
    }

    fn texts(shape: &Shape, combination: Combination) -> Vec<String> {
        examples(shape, combination, &[]).texts
    }

    #[test]
    fn each_value_of_each_part_is_in_a_text() {
        let cart = shape!({"list": {"object": {"sku": "str", "n": "i8", "note": {"nullable": "bool"}}}});
        assert_eq!(
            texts(&cart, Combination::Parallel),
            [
                r#"[{"sku":"","n":0,"note":false}]"#,
                r#"[{"sku":"a","n":-128,"note":true}]"#,
                r#"[{"sku":"","n":127,"note":null}]"#,
                "[]"
            ]
        );
        assert_eq!(
            texts(&shape!({"map": ["u8", "bool"]}), Combination::Parallel),
            [r#"{"255":false}"#, r#"{"0":true}"#, "{}"]
        );
    }

    #[test]
    fn for_types_that_refuse_combinations_only_one_part_differs() {
        assert_eq!(
            texts(&shape!({"tuple": ["u8", "i8"]}), Combination::OneByOne),
            ["[0,0]", "[255,0]", "[0,-128]", "[0,127]"]
        );
    }

    #[test]
    fn for_types_that_do_not_write_all_fields_one_field_is_absent() {
        let cart = shape!({"list": {"object": {"sku": "str", "n": "unknown u8"}}});
        assert_eq!(texts(&cart, Combination::WithoutOneField), [r#"[{"sku":""}]"#, "[]"]);
        let pair = shape!({"object": {"a": "u8", "b": "u8"}});
        assert_eq!(texts(&pair, Combination::WithoutOneField), [r#"{"a":0,"b":0}"#, r#"{"b":0}"#, r#"{"a":0}"#]);
    }

    #[test]
    fn every_variant_is_tried_with_every_content() {
        let payment = shape!({"one_of": {"A": null, "B": {"nullable": "bool"}, "C": {"tuple": ["u8", "char"]}}});
        assert_eq!(
            texts(&payment, Combination::Parallel),
            [r#""A""#, r#"{"B":false}"#, r#"{"B":true}"#, r#"{"B":null}"#, r#"{"C":[0,"a"]}"#, r#"{"C":[255,"a"]}"#]
        );
    }

    #[test]
    fn recursive_values_end() {
        let tree = shape!({"object": {"name": "str", "children": {"list": {"recursive": 2}}}});
        assert_eq!(
            texts(&tree, Combination::Parallel),
            [r#"{"name":"","children":[{"name":"","children":[]}]}"#, r#"{"name":"a","children":[]}"#]
        );
        let endless = shape!({"object": {"next": {"recursive": 1}}});
        assert_eq!(texts(&endless, Combination::Parallel), Vec::<String>::new());
    }

    #[test]
    fn a_part_without_a_known_value_is_in_no_text() {
        assert_eq!(texts(&shape!("unknown any"), Combination::Parallel), Vec::<String>::new());
        assert_eq!(texts(&shape!({"list": "unknown any"}), Combination::Parallel), ["[]"]);
    }

    #[test]
    fn too_many_texts_are_reported() {
        let names = (0..=MAX_TEXTS).map(|number| (number.to_string(), None));
        let all = examples(&Shape::OneOf(names.collect()), Combination::Parallel, &[]);
        assert_eq!((all.texts.len(), all.is_truncated), (MAX_TEXTS, true));
    }
}
