//! Names of types for messages: `Option<Role>` instead of `core::option::Option<shop::schema::Role>`.

/// Returns the name of a type without the paths of modules.
pub(crate) fn short_type_name<T: ?Sized>() -> String {
    without_paths(std::any::type_name::<T>())
}

/// Removes the paths of modules from the name of a type.
pub(crate) fn without_paths(name: &str) -> String {
    // `{{closure}}` is the path of a type in the body of a closure or an async function.
    let is_path = |char: char| char.is_alphanumeric() || matches!(char, '_' | '#' | '{' | '}');
    let mut pieces = name.split("::").peekable();
    let mut short = String::with_capacity(name.len());
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        short.push_str(if is_last { piece } else { piece.trim_end_matches(is_path) });
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_paths() {
        for (name, short) in [
            ("u64", "u64"),
            ("alloc::string::String", "String"),
            ("alloc::vec::Vec<core::option::Option<shop::schema::Role>>", "Vec<Option<Role>>"),
            ("(std::time::Duration, &alloc::str::Text, [a::B; 4])", "(Duration, &Text, [B; 4])"),
            ("shop::main::{{closure}}::r#type::Role", "Role"),
            ("alloc::boxed::Box<dyn core::fmt::Debug + core::marker::Send>", "Box<dyn Debug + Send>"),
        ] {
            assert_eq!(without_paths(name), short);
        }
        assert_eq!(short_type_name::<Option<Vec<std::time::Duration>>>(), "Option<Vec<Duration>>");
    }
}
