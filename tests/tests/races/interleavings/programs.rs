//! The programs of the requests, and the operations that each may cost.

use session_tests::program::Program;

/// A program, and its possible operations as in the request matrix.
pub(crate) type ProgramCost = (&'static str, &'static [&'static str]);

/// Programs with one commit at the end.
pub(crate) const SHORT_PROGRAMS: &[ProgramCost] = &[
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

/// Programs with a commit in the middle, without a response, or without success.
pub(crate) const LONG_PROGRAMS: &[ProgramCost] = &[
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

/// A program with its text and its possible costs, if it is one of the above.
pub(crate) struct NamedProgram {
    pub(crate) text: String,
    pub(crate) program: Program,
    costs: Option<&'static [&'static str]>,
}

impl NamedProgram {
    pub(crate) fn new(text: &str) -> Self {
        let bare = text.strip_prefix("old: ").or(text.strip_prefix("anonymous: ")).unwrap_or(text);
        let word = SHORT_PROGRAMS.iter().chain(LONG_PROGRAMS).find(|(text, _)| *text == bare);
        let program = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        Self { text: text.to_owned(), program, costs: word.map(|(_, costs)| *costs) }
    }

    pub(crate) fn all(words: &[ProgramCost]) -> Vec<Self> {
        words.iter().map(|(text, _)| Self::new(text)).collect()
    }

    /// The same programs with another credential, except the ones without a cookie.
    pub(crate) fn with(opened_by: &str, words: &[ProgramCost]) -> Vec<Self> {
        let own = words.iter().filter(|(text, _)| !text.contains(": ") && *text != "revoke");
        own.map(|(text, _)| Self::new(&format!("{opened_by}: {text}"))).collect()
    }

    pub(crate) fn allows_cost(&self, operations: &str) -> bool {
        self.costs.is_none_or(|costs| costs.contains(&operations))
    }
}
