//! The position of a value inside of a JSON text, as a path.

/// Returns the path of the value that ends at this byte: `[].sku`. `start` is the name of the whole value.
pub(super) fn path_at(start: &str, text: &str, end: usize) -> String {
    // For a list, `[]`. For an object, its current key, which is empty after a comma.
    let mut levels: Vec<String> = Vec::new();
    let mut at = 0;
    while at < end.min(text.len()) {
        let rest = &text[at..];
        let length = if rest.starts_with('"') { string_length(rest) } else { 1 };
        match (rest.as_bytes()[0], levels.last_mut()) {
            (b'{', _) => levels.push(String::new()),
            (b'[', _) => levels.push("[]".to_owned()),
            (b'}' | b']', _) => _ = levels.pop(),
            (b',', Some(level)) if level != "[]" => level.clear(),
            (b'"', Some(level)) if level.is_empty() => {
                *level = format!(".{}", serde_json::from_str::<String>(&rest[..length]).unwrap_or_default());
            }
            _ => {}
        }
        at += length;
    }
    start.to_owned() + &levels.concat()
}

/// Returns the length of the string at the start of the text, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_the_keys_around_the_position() {
        let text = r#"[{"sku":"a\"}","n":0,"in":{"b":[1,2]}}]"#;
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
