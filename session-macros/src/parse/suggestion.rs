//! "did you mean": the suggestion for a misspelled name.

/// Returns the end of a compile error for an unknown name: a suggestion, or else all known names.
pub(crate) fn advice(typed: &str, known: &[&str]) -> String {
    suggestion(typed, known).map_or_else(|| expected_one_of(known), did_you_mean)
}

pub(crate) fn did_you_mean(name: &str) -> String {
    format!("; did you mean `{name}`?")
}

pub(crate) fn expected_one_of(known: &[&str]) -> String {
    format!("; expected one of `{}`", known.join("`, `"))
}

/// Returns the known name that was probably meant: the most similar one, or the only one with this beginning.
pub(crate) fn suggestion<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    most_similar(&typed, known).or_else(|| completion(&typed, known))
}

/// At most one edit for every three letters. Two swapped neighbors are one edit.
fn most_similar<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let max_edits = typed.chars().count().max(3) / 3;
    let edits = known.iter().map(|name| (strsim::osa_distance(typed, &name.to_lowercase()), *name));
    edits.filter(|(edits, _)| *edits <= max_edits).min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

fn completion<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut longer = known.iter().filter(|name| name.to_lowercase().starts_with(typed));
    longer.next().filter(|_| longer.next().is_none()).copied()
}

#[cfg(test)]
mod tests {
    use super::suggestion;
    use crate::parse::attribute_names::Target;

    #[test]
    fn only_a_similar_name_is_suggested() {
        let names = Target::Field.names();
        assert_eq!(suggestion("ky", names), Some("key"));
        assert_eq!(suggestion("cleint", names), Some("client"), "swapped letters");
        assert_eq!(suggestion("defualt", names), Some("default"), "swapped letters");
        assert_eq!(suggestion("server", names), None);
        assert_eq!(suggestion("clie", names), Some("client"), "half typed");
        assert_eq!(suggestion("de", names), None, "`default` or `deserialize_with`");
        assert_eq!(suggestion("uppercase", &["lowercase", "UPPERCASE"]), Some("UPPERCASE"));
    }
}
