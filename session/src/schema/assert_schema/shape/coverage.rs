//! The parts of a changed type whose old values were not all tried.

use super::Shape;

/// Returns the paths of the parts of `old` for which the known values do not show whether `new` reads the others too.
/// With `is_same_type`, a part that is equal in both shapes belongs to one type, which reads its own values.
pub(in crate::schema::assert_schema) fn undecided(
    path: &str,
    old: &Shape,
    new: &Shape,
    is_same_type: bool,
) -> Vec<String> {
    if old == new && (is_same_type || !old.is_partial()) {
        return Vec::new();
    }
    if !old.has_value() {
        return unknown_parts(path, old);
    }
    match (old, new) {
        // Two kinds of which all values are read differ by their limits, which were tried.
        (Shape::Scalar(old), Shape::Scalar(new)) if new.contains(old) || (old.reads_all() && new.reads_all()) => {
            Vec::new()
        }
        (Shape::Scalar(_), Shape::Scalar(new)) if !new.is_any() => vec![path.to_owned()],
        (Shape::Nullable(old), Shape::Nullable(new)) => undecided(path, old, new, is_same_type),
        (Shape::Nullable(old), new) => undecided(path, old, new, is_same_type),
        (old, Shape::Nullable(new)) => undecided(path, old, new, is_same_type),
        (Shape::List(old), Shape::List(new)) => undecided(&format!("{path}[]"), old, new, is_same_type),
        (Shape::Map(old_key, old), Shape::Map(new_key, new)) => {
            let keys = undecided(&format!("{path} (keys)"), old_key, new_key, is_same_type);
            keys.into_iter().chain(undecided(&format!("{path}.*"), old, new, is_same_type)).collect()
        }
        (Shape::Tuple(old), Shape::Tuple(new)) if old.len() == new.len() => {
            let items = old.iter().zip(new).enumerate();
            items
                .flat_map(|(index, (old, new))| undecided(&format!("{path}.{index}"), old, new, is_same_type))
                .collect()
        }
        (Shape::OneOf(old), Shape::OneOf(new)) => {
            let old = old.iter().filter_map(|(name, content)| Some((name, content.as_ref()?)));
            let find = |name| new.iter().find(|(new, _)| new == name).and_then(|(_, content)| content.as_ref());
            old.filter_map(|(name, old)| Some((name, old, find(name)?)))
                .flat_map(|(name, old, new)| undecided(&format!("{path}.{name}"), old, new, is_same_type))
                .collect()
        }
        _ => match (old.fields(), new.fields()) {
            (Some(old), Some(new)) => {
                let find = |name| new.iter().find(|(new, _)| new == name).map(|(_, field)| field.shape());
                old.iter()
                    .filter_map(|(name, old)| Some((name, old.shape(), find(name)?)))
                    .flat_map(|(name, old, new)| undecided(&format!("{path}.{name}"), old, new, is_same_type))
                    .collect()
            }
            // A struct reads a list by the order of its fields.
            (None, Some(_)) if matches!(old, Shape::Tuple(_)) => vec![path.to_owned()],
            _ if old.is_partial() => vec![path.to_owned()],
            _ => Vec::new(),
        },
    }
}

/// Returns the paths of the parts that have no known value.
pub(in crate::schema::assert_schema) fn unknown_parts(path: &str, shape: &Shape) -> Vec<String> {
    let named = |name: &str, shape| unknown_parts(&format!("{path}.{name}"), shape);
    match shape {
        Shape::Scalar(scalar) if scalar.has_value() => Vec::new(),
        Shape::Scalar(_) => vec![path.to_owned()],
        Shape::Recursive(_) => Vec::new(),
        Shape::Nullable(item) => unknown_parts(path, item),
        Shape::List(item) => unknown_parts(&format!("{path}[]"), item),
        Shape::Tuple(items) => {
            items.iter().enumerate().flat_map(|(index, item)| named(&index.to_string(), item)).collect()
        }
        Shape::Map(key, value) => {
            let keys = unknown_parts(&format!("{path} (keys)"), key);
            keys.into_iter().chain(named("*", value)).collect()
        }
        Shape::Object(fields) | Shape::ClosedObject(fields) => {
            fields.iter().flat_map(|(name, field)| named(name, field.shape())).collect()
        }
        Shape::OneOf(variants) => {
            let contents = variants.iter().filter_map(|(name, content)| Some((name, content.as_ref()?)));
            contents.flat_map(|(name, content)| named(name, content)).collect()
        }
    }
}

impl Shape {
    /// Returns true if values with each required part of this shape are known.
    pub(in crate::schema::assert_schema) fn has_value(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.has_value(),
            Self::Recursive(_) => true,
            Self::OneOf(variants) => variants.iter().any(|(_, content)| content.as_ref().is_none_or(Self::has_value)),
            Self::Object(fields) | Self::ClosedObject(fields) => {
                fields.iter().all(|(_, field)| field.is_optional() || field.shape().has_value())
            }
            _ => self.parts().all(Self::has_value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! undecided {
        ($old:tt -> $new:tt) => {{
            let shape = |json| serde_json::from_str::<Shape>(json).unwrap();
            undecided("cart", &shape(stringify!($old)), &shape(stringify!($new)), true).join("; ")
        }};
    }

    #[test]
    fn a_part_with_known_values_is_decided_if_the_new_type_reads_all_of_its_kind() {
        assert_eq!(undecided!("some str" -> "str"), "");
        assert_eq!(undecided!("some u8" -> "i16"), "");
        assert_eq!(undecided!("some u8" -> "i8"), "cart");
        assert_eq!(undecided!("some u8" -> "some u16"), "cart");
        assert_eq!(undecided!("u8" -> "some u16"), "cart");
        assert_eq!(undecided!("u16" -> "u8"), "");
    }

    #[test]
    fn an_equal_part_of_the_same_type_is_decided_beside_a_change_but_not_without_any_value() {
        assert_eq!(
            undecided!({"object": {"day": "some str", "n": "u8"}} -> {"object": {"day": "some str", "n": "u16"}}),
            ""
        );
        assert_eq!(
            undecided!({"list": {"object": {"id": "unknown str", "n": "u8"}}} -> {"list": {"object": {"id": "unknown str", "n": "u16"}}}),
            "cart[].id"
        );
    }

    #[test]
    fn a_struct_reads_a_list_by_position() {
        assert_eq!(undecided!({"tuple": ["u8", "u8"]} -> {"object": {"x": "u8", "y": "u8"}}), "cart");
    }
}
