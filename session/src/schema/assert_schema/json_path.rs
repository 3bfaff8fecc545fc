//! The position of a value inside of a JSON text, as a path.

/// Returns the path of the value that ends at this byte: `[].sku`. `start` is the name of the whole value.
pub(super) fn path_at(start: &str, text: &str, end: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut bytes = text.char_indices().take_while(|(at, _)| *at < end).peekable();
    while let Some((at, char)) = bytes.next() {
        match char {
            '{' => levels.push(Level::Object { key: None, is_value: false }),
            '[' => levels.push(Level::List),
            '}' | ']' => _ = levels.pop(),
            ':' => levels.last_mut().into_iter().for_each(|level| level.set_is_value(true)),
            ',' => levels.last_mut().into_iter().for_each(|level| level.set_is_value(false)),
            '"' => {
                let length = string_length(&text[at..]);
                while bytes.next_if(|(next, _)| *next < at + length).is_some() {}
                levels.last_mut().into_iter().for_each(|level| level.set_key(&text[at..at + length]));
            }
            _ => {}
        }
    }
    levels.iter().fold(start.to_owned(), |path, level| path + &level.text())
}

enum Level {
    List,
    Object { key: Option<String>, is_value: bool },
}

impl Level {
    fn set_is_value(&mut self, is_value_now: bool) {
        if let Self::Object { is_value, .. } = self {
            *is_value = is_value_now;
        }
    }

    fn set_key(&mut self, quoted: &str) {
        if let Self::Object { key, is_value: false } = self {
            *key = serde_json::from_str(quoted).ok();
        }
    }

    fn text(&self) -> String {
        match self {
            Self::List => "[]".to_owned(),
            Self::Object { key: Some(key), .. } => format!(".{key}"),
            Self::Object { key: None, .. } => String::new(),
        }
    }
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
