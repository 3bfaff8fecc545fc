//! The differences of two shapes, in words.

use super::{Presence, Shape};

/// Returns the differences, each with the path of the part inside of the value.
pub(in crate::schema::assert_schema) fn differences(path: &str, old: &Shape, new: &Shape) -> Vec<String> {
    if old == new {
        return Vec::new();
    }
    match (old, new) {
        (Shape::Nullable(old), Shape::Nullable(new)) => differences(path, old, new),
        (Shape::List(old), Shape::List(new)) => differences(&format!("{path}[]"), old, new),
        (Shape::Tuple(old), Shape::Tuple(new)) if old.len() == new.len() => {
            let items = old.iter().zip(new).enumerate();
            items.flat_map(|(index, (old, new))| differences(&format!("{path}.{index}"), old, new)).collect()
        }
        (Shape::Map(old_key, old), Shape::Map(new_key, new)) => {
            let keys = differences(&format!("{path} (keys)"), old_key, new_key);
            keys.into_iter().chain(differences(&format!("{path}.*"), old, new)).collect()
        }
        (Shape::OneOf(old), Shape::OneOf(new)) => variants(path, old, new),
        _ => match (old.fields(), new.fields()) {
            (Some(old_fields), Some(new_fields)) => {
                let closed = |shape: &Shape| matches!(shape, Shape::ClosedObject(_));
                let change = match (closed(old), closed(new)) {
                    (false, true) => Some(format!("`{path}` refuses unknown fields")),
                    (true, false) => Some(format!("`{path}` accepts unknown fields")),
                    _ => None,
                };
                fields(path, old_fields, new_fields).into_iter().chain(change).collect()
            }
            _ => vec![format!("`{path}` changed from `{old}` to `{new}`")],
        },
    }
}

type Fields = [(String, Presence)];

fn fields(path: &str, old: &Fields, new: &Fields) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, old_field) in old {
        let path = format!("{path}.{name}");
        let Some(new_field) = find(new, name) else {
            texts.push(format!("`{path}` was removed"));
            continue;
        };
        // Without a value of each field, no attempt shows which ones may be absent.
        match (old_field.is_optional(), new_field.is_optional()) {
            (true, false) if has_values(new) => texts.push(format!("`{path}` became required")),
            (false, true) if has_values(old) => texts.push(format!("`{path}` became optional")),
            _ => {}
        }
        texts.extend(differences(&path, old_field.shape(), new_field.shape()));
    }
    let added = new.iter().filter(|(name, _)| find(old, name).is_none());
    texts.extend(added.map(|(name, field)| {
        let optional = if field.is_optional() { "optional" } else { "required" };
        let presence = if has_values(new) { format!(" ({optional})") } else { String::new() };
        format!("`{path}.{name}` was added{presence}")
    }));
    texts
}

fn has_values(fields: &Fields) -> bool {
    fields.iter().all(|(_, field)| field.is_optional() || field.shape().has_value())
}

fn variants(path: &str, old: &[(String, Option<Shape>)], new: &[(String, Option<Shape>)]) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, old_content) in old {
        match (find(new, name), old_content) {
            (None, _) => texts.push(format!("the variant `{name}` of `{path}` was removed")),
            (Some(Some(new)), Some(old)) => texts.extend(differences(&format!("{path}.{name}"), old, new)),
            (Some(None), None) => {}
            (Some(_), _) => texts.push(format!("the content of the variant `{name}` of `{path}` changed")),
        }
    }
    let added = new.iter().filter(|(name, _)| find(old, name).is_none());
    texts.extend(added.map(|(name, _)| format!("the variant `{name}` of `{path}` was added")));
    texts
}

fn find<'s, T>(items: &'s [(String, T)], name: &str) -> Option<&'s T> {
    items.iter().find(|(item, _)| item == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(old: &str, new: &str) -> String {
        let shape = |json| serde_json::from_str::<Shape>(json).unwrap();
        differences("cart", &shape(old), &shape(new)).join("; ")
    }

    #[test]
    fn each_difference_has_the_path_of_its_part() {
        assert_eq!(
            differ(
                stringify!({"list": {"object": {"sku": "str", "n": "u32", "gone": "str", "note": "str"}}}),
                stringify!({"list": {"closed_object": {"sku": "str", "n": "u64", "note": {"optional": "str"}, "qty": "u8"}}}),
            ),
            "`cart[].n` changed from `u32` to `u64`; `cart[].gone` was removed; `cart[].note` became optional; \
             `cart[].qty` was added (required); `cart[]` refuses unknown fields"
        );
        assert_eq!(
            differ(
                stringify!({"one_of": {"A": null, "B": "u8", "C": null}}),
                stringify!({"one_of": {"A": null, "B": "str", "D": null}})
            ),
            "`cart.B` changed from `u8` to `str`; the variant `C` of `cart` was removed; the variant `D` of `cart` was added"
        );
        assert_eq!(
            differ(stringify!({"map": ["u8", {"nullable": "u8"}]}), stringify!({"map": ["u8", {"nullable": "u16"}]})),
            "`cart.*` changed from `u8` to `u16`"
        );
        assert_eq!(differ(stringify!("u8"), stringify!({"list": "u8"})), "`cart` changed from `u8` to `[u8]`");
    }
}
