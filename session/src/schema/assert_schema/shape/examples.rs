//! JSON texts that a shape reads, derived from the shape.

use super::scalar::{Kind, Scalar};
use super::{Presence, Shape};

/// A field is tried with at most this number of texts.
const MAX_EXAMPLES: usize = 500;

/// Values inside of a recursive type are at most this number of levels deep.
const MAX_RECURSION: usize = 4;

/// Returns JSON texts that `old` reads and that show whether `new` reads them too. Parts that are equal in both shapes have
/// one value; the other ones have a value for each variant, limit, and field that may be absent.
///
/// `strings` are further values of text that differs.
pub(in crate::schema::assert_schema) fn examples(old: &Shape, new: Option<&Shape>, strings: &[&str]) -> Vec<String> {
    let mut examples = Examples { texts: Vec::new(), outer: Vec::new(), strings };
    let whole = |text: &str| text.to_owned();
    let ordinary = examples.ordinary(old);
    examples.texts.extend(ordinary);
    examples.vary(old, new, &whole);
    let mut texts = Vec::new();
    for text in examples.texts {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Creates a whole text from the text of a part.
type Whole<'w> = &'w dyn Fn(&str) -> String;

struct Examples<'s> {
    texts: Vec<String>,
    /// The shapes that contain the current one.
    outer: Vec<&'s Shape>,
    strings: &'s [&'s str],
}

impl<'s> Examples<'s> {
    /// Returns an ordinary value. `None` if no value is known.
    fn ordinary(&mut self, shape: &'s Shape) -> Option<String> {
        self.value(shape, 0)
    }

    /// Returns an ordinary value, or a short one if it is inside of a recursive type.
    fn value(&mut self, shape: &'s Shape, recursion: usize) -> Option<String> {
        if let Shape::Recursive(levels) = shape {
            let length = self.outer.len().checked_sub(*levels)?;
            if recursion >= MAX_RECURSION {
                return None;
            }
            let inner = self.outer.split_off(length);
            let text = inner.first().and_then(|outer| self.value(outer, recursion + 1));
            self.outer.extend(inner);
            return text;
        }
        self.outer.push(shape);
        let text = self.value_of_parts(shape, recursion);
        self.outer.pop();
        text
    }

    fn value_of_parts(&mut self, shape: &'s Shape, recursion: usize) -> Option<String> {
        let is_short = recursion > 0;
        match shape {
            Shape::Nullable(inner) => {
                let inner = if is_short { None } else { self.value(inner, recursion) };
                Some(inner.unwrap_or_else(|| "null".to_owned()))
            }
            Shape::List(item) => {
                let item = if is_short { None } else { self.value(item, recursion) };
                Some(item.map_or_else(|| "[]".to_owned(), |item| list(&[item])))
            }
            Shape::Tuple(items) => {
                let items: Option<Vec<_>> = items.iter().map(|item| self.value(item, recursion)).collect();
                items.map(|items| list(&items))
            }
            Shape::Map(key, value) => {
                let value = if is_short { None } else { self.value(value, recursion) };
                let entry = value.zip(map_keys(key).into_iter().next());
                Some(entry.map_or_else(|| "{}".to_owned(), |(value, key)| object(&[(key, value)])))
            }
            Shape::Object(fields) | Shape::ClosedObject(fields) => {
                self.fields(fields, recursion).map(|fields| object(&fields))
            }
            Shape::OneOf(variants) => {
                let unit = variants.iter().find(|(_, content)| is_short && content.is_none());
                unit.map(|(name, _)| quoted(name)).or_else(|| {
                    variants.iter().find_map(|(name, content)| match content {
                        None => Some(quoted(name)),
                        Some(content) => Some(object(&[(name.clone(), self.value(content, recursion)?)])),
                    })
                })
            }
            Shape::Recursive(_) => None,
            Shape::Scalar(scalar) => scalar.texts().first().map(|text| (*text).to_owned()),
        }
    }

    /// Returns the fields with ordinary values. `None` if a required field has no known value.
    fn fields(&mut self, fields: &'s [(String, Presence)], recursion: usize) -> Option<Vec<(String, String)>> {
        let mut values = Vec::new();
        for (name, field) in fields {
            match self.value(field.shape(), recursion) {
                Some(value) => values.push((name.clone(), value)),
                None if field.is_optional() => {}
                None => return None,
            }
        }
        Some(values)
    }

    /// Adds texts for each value of a part.
    fn vary(&mut self, old: &'s Shape, new: Option<&Shape>, whole: Whole<'_>) {
        if new == Some(old) || self.texts.len() >= MAX_EXAMPLES {
            return;
        }
        self.outer.push(old);
        self.vary_parts(old, new, whole);
        self.outer.pop();
    }

    fn vary_parts(&mut self, old: &'s Shape, new: Option<&Shape>, whole: Whole<'_>) {
        match (old, new) {
            (Shape::Nullable(inner), _) => {
                self.add("null", whole);
                let inner_of_new = match new {
                    Some(Shape::Nullable(new)) => Some(&**new),
                    other => other,
                };
                self.add_ordinary(inner, whole);
                self.vary(inner, inner_of_new, whole);
            }
            (Shape::List(item), _) => {
                self.add("[]", whole);
                let item_of_new = if let Some(Shape::List(new)) = new { Some(&**new) } else { None };
                self.vary(item, item_of_new, &|text| whole(&list(&[text.to_owned()])));
            }
            (Shape::Tuple(items), _) => self.vary_tuple(items, new, whole),
            (Shape::Map(key, value), _) => self.vary_map(key, value, new, whole),
            (Shape::Object(fields) | Shape::ClosedObject(fields), _) => self.vary_object(fields, new, whole),
            (Shape::OneOf(variants), _) => self.vary_variants(variants, new, whole),
            (Shape::Scalar(scalar), _) => {
                for text in scalar.texts() {
                    self.add(text, whole);
                }
                if *scalar == Scalar::new(Kind::Text) {
                    for text in self.strings {
                        self.add(&quoted(text), whole);
                    }
                }
            }
            (Shape::Recursive(_), _) => {}
        }
    }

    fn vary_tuple(&mut self, items: &'s [Shape], new: Option<&Shape>, whole: Whole<'_>) {
        let values: Option<Vec<_>> = items.iter().map(|item| self.ordinary(item)).collect();
        let Some(values) = values else { return };
        for (index, item) in items.iter().enumerate() {
            let new_item = match new {
                Some(Shape::Tuple(new)) => new.get(index),
                Some(Shape::List(new)) => Some(&**new),
                _ => None,
            };
            self.vary(item, new_item, &|text| {
                let mut values = values.clone();
                text.clone_into(&mut values[index]);
                whole(&list(&values))
            });
        }
    }

    fn vary_map(&mut self, key: &'s Shape, value: &'s Shape, new: Option<&Shape>, whole: Whole<'_>) {
        self.add("{}", whole);
        let (new_key, new_value) =
            if let Some(Shape::Map(key, value)) = new { (Some(&**key), Some(&**value)) } else { (None, None) };
        let keys = map_keys(key);
        if new_key != Some(key)
            && let Some(value) = self.ordinary(value)
        {
            for key in &keys {
                self.add(&object(&[(key.clone(), value.clone())]), whole);
            }
        }
        if let Some(key) = keys.first() {
            self.vary(value, new_value, &|text| whole(&object(&[(key.clone(), text.to_owned())])));
        }
    }

    fn vary_object(&mut self, fields: &'s [(String, Presence)], new: Option<&Shape>, whole: Whole<'_>) {
        let Some(values) = self.fields(fields, 0) else { return };
        for (name, field) in fields {
            let new_field = new.and_then(Shape::fields).and_then(|new| new.iter().find(|(new, _)| new == name));
            let others = || values.iter().filter(|(other, _)| other != name).cloned();
            let stays_optional = new_field.is_some_and(|(_, new)| new.is_optional());
            if field.is_optional() && !stays_optional {
                self.add(&object(&others().collect::<Vec<_>>()), whole);
            }
            self.vary(field.shape(), new_field.map(|(_, new)| new.shape()), &|text| {
                let mut values = values.clone();
                match values.iter_mut().find(|(other, _)| other == name) {
                    Some((_, value)) => text.clone_into(value),
                    None => values.push((name.clone(), text.to_owned())),
                }
                whole(&object(&values))
            });
        }
    }

    fn vary_variants(&mut self, variants: &'s [(String, Option<Shape>)], new: Option<&Shape>, whole: Whole<'_>) {
        for (name, content) in variants {
            let new_content = match new {
                Some(Shape::OneOf(new)) => new.iter().find(|(new, _)| new == name).map(|(_, content)| content),
                _ => None,
            };
            let Some(content) = content else {
                self.add(&quoted(name), whole);
                continue;
            };
            let in_variant = |text: &str| whole(&object(&[(name.clone(), text.to_owned())]));
            self.add_ordinary(content, &in_variant);
            self.vary(content, new_content.and_then(Option::as_ref), &in_variant);
        }
    }

    fn add_ordinary(&mut self, shape: &'s Shape, whole: Whole<'_>) {
        if let Some(text) = self.ordinary(shape) {
            self.add(&text, whole);
        }
    }

    fn add(&mut self, part: &str, whole: Whole<'_>) {
        if self.texts.len() < MAX_EXAMPLES {
            self.texts.push(whole(part));
        }
    }
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

fn object(fields: &[(String, String)]) -> String {
    let fields = fields.iter().map(|(key, value)| format!("{}:{value}", quoted(key)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    serde_json::json!(text).to_string()
}

/// Returns keys of a map. JSON has only texts as keys, so a number is written as a text.
fn map_keys(key: &Shape) -> Vec<String> {
    let text = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.to_owned());
    match key {
        Shape::Scalar(scalar) => scalar.texts().into_iter().rev().map(text).collect(),
        Shape::OneOf(variants) => variants.iter().map(|(name, _)| name.clone()).collect(),
        Shape::Nullable(key) => map_keys(key),
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

    #[test]
    fn each_part_that_differs_is_varied() {
        let old = shape!({"list": {"object": {"sku": "str", "n": "u8", "note": {"optional": "str"}}}});
        let wider = shape!({"list": {"object": {"sku": "str", "n": "u16", "note": {"optional": "str"}}}});
        let required = shape!({"list": {"object": {"sku": "str", "n": "u8", "note": "str"}}});
        assert_eq!(examples(&old, Some(&old), &[]), [r#"[{"sku":"","n":0,"note":""}]"#]);
        assert_eq!(
            examples(&old, Some(&wider), &[]),
            [r#"[{"sku":"","n":0,"note":""}]"#, "[]", r#"[{"sku":"","n":255,"note":""}]"#]
        );
        assert_eq!(
            examples(&old, Some(&required), &[]),
            [r#"[{"sku":"","n":0,"note":""}]"#, "[]", r#"[{"sku":"","n":0}]"#]
        );
    }

    #[test]
    fn every_variant_and_every_limit_is_tried_if_the_other_shape_is_not_known() {
        let old = shape!({"one_of": {"A": null, "B": {"nullable": "bool"}, "C": {"tuple": ["u8", "char"]}}});
        assert_eq!(
            examples(&old, None, &[]),
            [r#""A""#, r#"{"B":false}"#, r#"{"B":null}"#, r#"{"B":true}"#, r#"{"C":[0,"a"]}"#, r#"{"C":[255,"a"]}"#]
        );
    }

    #[test]
    fn recursive_values_end() {
        let tree = shape!({"object": {"name": "str", "children": {"list": {"recursive": 2}}}});
        assert_eq!(examples(&tree, None, &[])[0], r#"{"name":"","children":[{"name":"","children":[]}]}"#);
        let endless = shape!({"object": {"next": {"recursive": 1}}});
        assert_eq!(examples(&endless, None, &[]), Vec::<String>::new());
    }

    #[test]
    fn parts_without_a_known_value_are_left_out() {
        let any = || Shape::Scalar(Scalar::with_example(Kind::Any, None));
        let optional = Shape::Object(vec![
            ("a".to_owned(), Presence::Required(Shape::Scalar(Scalar::new(Kind::Bool)))),
            ("b".to_owned(), Presence::Optional(any())),
        ]);
        assert_eq!(examples(&optional, None, &[]), [r#"{"a":false}"#, r#"{"a":true}"#]);
        assert_eq!(examples(&any(), None, &[]), Vec::<String>::new());
        assert_eq!(examples(&Shape::List(Box::new(any())), None, &[]), ["[]"]);
    }
}
