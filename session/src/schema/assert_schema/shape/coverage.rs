//! The differences of two shapes, and the parts of a changed type whose old values were not all tried.

use super::Shape;

/// Describes the smallest part that contains all differences.
pub(in crate::schema::assert_schema) fn describe_change(path: &str, old: &Shape, new: &Shape) -> String {
    let (old_parts, new_parts) = (old.parts(), new.parts());
    let has_same_names = old_parts.iter().map(|(name, _)| name).eq(new_parts.iter().map(|(name, _)| name));
    let mut changes = old_parts.iter().zip(&new_parts).filter(|(old, new)| old != new);
    if old.is_same_container(new)
        && !matches!(old, Shape::OneOf(_))
        && has_same_names
        && let (Some(((name, old), (_, new))), None) = (changes.next(), changes.next())
    {
        return describe_change(&format!("{path}{name}"), old, new);
    }
    format!("`{path}` changed from `{old}` to `{new}`")
}

/// Returns the names of a removed and of an added field of one object, if there are both.
pub(in crate::schema::assert_schema) fn replaced_part<'s>(
    old: &'s Shape,
    new: &'s Shape,
) -> Option<(&'s str, &'s str)> {
    if let (Shape::Object(old), Shape::Object(new)) = (old, new) {
        let missing_in = |one: &'s [(String, Shape)], other: &[(String, Shape)]| {
            let is_missing = |name: &str| other.iter().all(|(other, _)| other != name);
            one.iter().map(|(name, _)| name.as_str()).find(|name| is_missing(name))
        };
        if let (Some(removed), Some(added)) = (missing_in(old, new), missing_in(new, old)) {
            return Some((removed, added));
        }
    }
    let (old_parts, new_parts) = (old.parts(), new.parts());
    let same_name = |name: &str| new_parts.iter().find(|(new, _)| new == name).map(|(_, part)| *part);
    old_parts
        .iter()
        .filter_map(|(name, old)| Some((*old, same_name(name)?)))
        .find_map(|(old, new)| replaced_part(old, new))
}

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
        _ if old.is_same_container(new) => undecided_parts(path, old, new, is_same_type),
        (Shape::Nullable(old), new) => undecided(path, old, new, is_same_type),
        (old, Shape::Nullable(new)) => undecided(path, old, new, is_same_type),
        // A struct reads a list by the order of its fields.
        (Shape::List(_) | Shape::Tuple(_), Shape::Object(_)) => vec![path.to_owned()],
        _ if old.is_partial() => vec![path.to_owned()],
        _ => Vec::new(),
    }
}

fn undecided_parts(path: &str, old: &Shape, new: &Shape, is_same_type: bool) -> Vec<String> {
    let (old_parts, new_parts) = (old.parts(), new.parts());
    let find = |parts: &[(String, &Shape)], name: &str| parts.iter().position(|(part, _)| part == name);
    // The old name of a part may be an alias in the new type. A field without a successor is not read at all.
    let has_successor =
        matches!(old, Shape::OneOf(_)) || new_parts.iter().any(|(new, _)| find(&old_parts, new).is_none());
    let parts = old_parts.iter().flat_map(|(name, part)| {
        let path = format!("{path}{name}");
        match find(&new_parts, name) {
            Some(index) => undecided(&path, part, new_parts[index].1, is_same_type),
            None if has_successor && part.is_partial() => vec![path],
            None => Vec::new(),
        }
    });
    parts.collect()
}

/// Returns the paths of the parts that have no known value.
pub(in crate::schema::assert_schema) fn unknown_parts(path: &str, shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Scalar(scalar) if !scalar.has_value() => vec![path.to_owned()],
        _ => shape.parts().iter().flat_map(|(name, part)| unknown_parts(&format!("{path}{name}"), part)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! compare {
        ($function:ident($old:tt -> $new:tt $(, $is_same_type:literal)?)) => {{
            let shape = |json| serde_json::from_str::<Shape>(json).unwrap();
            $function("cart", &shape(stringify!($old)), &shape(stringify!($new)) $(, $is_same_type)?)
        }};
    }

    macro_rules! undecided {
        ($old:tt -> $new:tt) => { compare!(undecided($old -> $new, true)).join("; ") };
    }

    #[test]
    fn a_change_is_described_at_its_part() {
        assert_eq!(
            compare!(describe_change({"list": {"object": {"sku": "str", "n": "u8"}}} -> {"list": {"object": {"sku": "str", "n": {"nullable": "u8"}}}})),
            "`cart[].n` changed from `u8` to `u8?`"
        );
        assert_eq!(
            compare!(describe_change({"map": ["str", {"object": {"sku": "str"}}]} -> {"map": ["str", {"object": {"sku": "u8", "n": "u8"}}]})),
            "`cart.*` changed from `{sku: str}` to `{sku: u8, n: u8}`"
        );
        assert_eq!(
            compare!(describe_change({"one_of": {"A": null, "B": "u8"}} -> {"one_of": {"B": "u16"}})),
            "`cart` changed from `A | B(u8)` to `B(u16)`"
        );
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
    fn a_removed_part_whose_values_were_not_all_tried_is_undecided_if_another_one_may_read_them() {
        assert_eq!(undecided!({"one_of": {"A": null, "B": "unknown str"}} -> {"one_of": {"A": null}}), "cart.B");
        assert_eq!(undecided!({"one_of": {"A": null, "B": "some str"}} -> {"one_of": {"A": null}}), "cart.B");
        assert_eq!(undecided!({"object": {"a": "u8", "b": "some str"}} -> {"object": {"a": "u8"}}), "");
        assert_eq!(
            undecided!({"object": {"a": "u8", "b": "some str"}} -> {"object": {"a": "u8", "c": "str"}}),
            "cart.b"
        );
    }

    #[test]
    fn a_struct_reads_a_list_by_position() {
        assert_eq!(undecided!({"tuple": ["u8", "u8"]} -> {"object": {"x": "u8", "y": "u8"}}), "cart");
        assert_eq!(undecided!({"list": "u8"} -> {"object": {"x": "u8"}}), "cart");
        assert_eq!(undecided!({"nullable": {"list": "u8"}} -> {"object": {"x": "u8"}}), "cart");
    }
}
