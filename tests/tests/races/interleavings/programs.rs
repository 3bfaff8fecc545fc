//! The requests that are set against each other, and what each may cost.

use session_tests::program::Program;

/// A program, and the operations that it may take, as the table of requests and states says.
pub(crate) type Word = (&'static str, &'static [&'static str]);

/// What a request can do with one commit at its end.
pub(crate) const PLAIN: &[Word] = &[
    ("read", &["", "load", "load touch"]),
    ("write", &["create", "commit", "commit create"]),
    ("all write", &["create", "load", "load commit", "load create"]),
    ("update", &["create", "load", "load commit", "load create"]),
    ("rotate", &["", "commit"]),
    ("rotate user", &["create", "commit", "commit create"]),
    ("read rotate user", &["create", "load commit", "load create"]),
    ("invalidate", &["", "delete"]),
    ("restart", &["", "delete"]),
    ("restart write", &["create", "delete", "delete create"]),
    ("delete", &["", "delete"]),
    ("delete write", &["create", "delete", "delete create"]),
    ("clear", &["", "commit"]),
    ("unset", &["", "commit"]),
    ("theme", &[""]),
    ("id: update", &["load", "load commit"]),
    ("id: write", &["commit"]),
    ("revoke", &["delete"]),
];

/// With a commit in the middle, without an answer, or without a success.
pub(crate) const LONGER: &[Word] = &[
    ("read theme", &["", "load", "load touch"]),
    ("read clear", &["", "load", "load commit", "load touch"]),
    ("read invalidate", &["", "load", "load delete"]),
    ("read restart write", &["create", "load", "load create", "load delete", "load delete create"]),
    ("clear write", &["create", "commit", "commit create"]),
    ("write sync all write", &["create commit", "commit", "commit load", "commit load commit", "commit create commit"]),
    ("rotate sync write", &["create", "commit", "commit commit", "commit create"]),
    ("rotate user sync all", &["create", "commit load", "commit create"]),
    ("write invalidate sync all", &["", "delete"]),
    ("update write", &["create commit", "load", "load commit", "load commit commit", "load create commit"]),
    ("clear update", &["create", "load", "load commit", "load create"]),
    ("rotate update", &["create", "load", "load commit", "load commit commit", "load create"]),
    ("delete update", &["create", "delete", "delete create"]),
    ("update update", &["create commit", "load", "load commit", "load commit commit", "load create commit"]),
    ("id: all write", &["load", "load commit"]),
    ("id: delete", &["delete"]),
    ("rotate user / 5xx", &[""]),
    ("update / 5xx", &["create", "load", "load commit", "load create"]),
    ("restart write / 5xx", &["", "delete"]),
    ("rotate sync write / 5xx", &["", "commit"]),
    ("write / dropped@2", &["create", "commit"]),
    ("rotate user / dropped@2", &["create", "commit"]),
    ("update / dropped@4", &["create", "load", "load commit", "load create"]),
    ("invalidate / dropped@2", &["", "delete"]),
    ("restart write / dropped@4", &["create", "delete", "delete create"]),
    ("rotate user sync-cut@1 write", &["create load create", "commit load commit", "commit load commit create"]),
    ("rotate user sync-cut@2 write", &["create load commit", "commit load commit", "commit load commit create"]),
    ("write sync-cut@2 all write", &["create load commit", "commit load", "commit load commit", "commit load create"]),
    (
        "update-cut@4 update",
        &[
            "create",
            "create commit",
            "load",
            "load commit",
            "load commit load",
            "load commit load commit",
            "load create commit",
            "load create load commit",
        ],
    ),
];

/// A program with its words, and what it may cost if it is one of the above.
pub(crate) struct Spoken {
    pub(crate) text: String,
    pub(crate) program: Program,
    costs: Option<&'static [&'static str]>,
}

impl Spoken {
    pub(crate) fn new(text: &str) -> Self {
        let bare = text.strip_prefix("old: ").or(text.strip_prefix("stranger: ")).unwrap_or(text);
        let word = PLAIN.iter().chain(LONGER).find(|(text, _)| *text == bare);
        let program = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        Self { text: text.to_owned(), program, costs: word.map(|(_, costs)| *costs) }
    }

    pub(crate) fn all(words: &[Word]) -> Vec<Self> {
        words.iter().map(|(text, _)| Self::new(text)).collect()
    }

    /// The same programs with another cookie, but for those that have none.
    pub(crate) fn with(opener: &str, words: &[Word]) -> Vec<Self> {
        let own = words.iter().filter(|(text, _)| !text.contains(": ") && *text != "revoke");
        own.map(|(text, _)| Self::new(&format!("{opener}: {text}"))).collect()
    }

    pub(crate) fn may_cost(&self, operations: &str) -> bool {
        self.costs.is_none_or(|costs| costs.contains(&operations))
    }
}
