//! `rename_all`: converts the `snake_case` name of a field to a key in another case, as serde does.

#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        CASES.iter().find(|(known, _)| *known == name).map(|(_, case)| *case)
    }

    pub(crate) fn names() -> Vec<&'static str> {
        CASES.iter().map(|(name, _)| *name).collect()
    }

    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Case::Lower | Case::Snake => field.to_owned(),
            Case::Upper | Case::ScreamingSnake => field.to_ascii_uppercase(),
            Case::Pascal => join_capitalized(field, true),
            Case::Camel => join_capitalized(field, false),
            Case::Kebab => field.replace('_', "-"),
            Case::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn join_capitalized(field: &str, capitalize_first: bool) -> String {
    let words = field.split('_').filter(|word| !word.is_empty()).enumerate();
    words.map(|(index, word)| if index > 0 || capitalize_first { capitalize(word) } else { word.to_owned() }).collect()
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn cases_match_serde() {
        let names = Case::names();
        let cases = names.iter().map(|name| Case::from_name(name).unwrap().apply("user_home_id"));
        let expected = [
            "user_home_id",
            "USER_HOME_ID",
            "UserHomeId",
            "userHomeId",
            "user_home_id",
            "USER_HOME_ID",
            "user-home-id",
            "USER-HOME-ID",
        ];
        assert_eq!(cases.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn unusual_names_do_not_panic() {
        for name in ["_", "__", "a", "_a", "é_é", "ID"] {
            for case in Case::names() {
                Case::from_name(case).unwrap().apply(name);
            }
        }
    }
}
