//! The position of a value inside of a JSON text, as a path.

/// Returns the path of the value that ends at this byte: `[].sku`. `start` is the name of the whole value.
pub(super) fn path_at(start: &str, text: &str, end: usize) -> String {
    // For a list, `[]`. For an object, its current key, which is empty after a comma.
    let mut levels: Vec<String> = Vec::new();
    let mut at = 0;
    while at < end.min(text.len()) {
        let Some(rest) = text.get(at..) else { break };
        let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let key = rest.starts_with('"').then(|| strings.next()?.ok()).flatten();
        match (rest.as_bytes()[0], levels.last_mut()) {
            (b'{', _) => levels.push(String::new()),
            (b'[', _) => levels.push("[]".to_owned()),
            (b'}' | b']', _) => _ = levels.pop(),
            (b',', Some(level)) if level != "[]" => level.clear(),
            (b'"', Some(level)) if level.is_empty() => *level = format!(".{}", key.as_deref().unwrap_or_default()),
            _ => {}
        }
        at += if key.is_some() { strings.byte_offset() } else { 1 };
    }
    start.to_owned() + &levels.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_the_keys_around_the_position() {
        let text = r#"[{"sku":"a\"}", "n":0,"in":{"b":[1,2]}}]"#;
        let at = |part: &str| path_at("cart", text, text.find(part).unwrap() + part.len());
        assert_eq!(at(r#""a\"}""#), "cart[].sku");
        assert_eq!(at(r#""n":0"#), "cart[].n");
        assert_eq!(at("[1,2"), "cart[].in.b[]");
        assert_eq!(at("[1,2]"), "cart[].in.b");
        assert_eq!(at("]}"), "cart[].in");
        assert_eq!(at("]}}"), "cart[]");
        assert_eq!(path_at("cart", text, text.len()), "cart");
        assert_eq!(path_at("cart", "7", 1), "cart");
    }
}
