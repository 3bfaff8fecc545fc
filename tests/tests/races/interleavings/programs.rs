//! The programs of the requests, and the operations that each may cost.

use session_tests::program::Program;

/// A program, and its possible operations as in the request matrix.
pub(crate) type ProgramCost = (&'static str, &'static [&'static str]);

/// The first user or the same one, and another user.
const LOGIN_COSTS: &[&str] = &["create", "load create", "load commit", "load commit create", "load delete create"];

/// Programs with one commit at the end.
pub(crate) const SHORT_PROGRAMS: &[ProgramCost] = &[
    ("read", &["", "load", "load touch"]),
    ("write", &["create", "commit", "commit create"]),
    ("all write", &["create", "load", "load commit", "load create"]),
    ("update", &["create", "load", "load commit", "load create"]),
    ("rotate", &["", "commit"]),
    ("rotate user", &["create", "commit", "commit create"]),
    ("login", LOGIN_COSTS),
    ("login-other", LOGIN_COSTS),
    ("renew write", &["create", "commit", "commit create"]),
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
    ("renew", &["", "commit"]),
    ("write login", LOGIN_COSTS),
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
];

/// Programs whose `sync` is cancelled, with the number of its pauses on a live session.
const CUT_BEFORE_SYNC: &[(&str, usize)] = &[
    ("write", 2),
    ("unset", 2),
    ("clear", 2),
    ("clear write", 2),
    ("rotate", 2),
    ("rotate user", 2),
    ("read rotate user", 2),
    ("login", 2),
    ("login-other", 4),
    ("renew", 2),
    ("renew write", 2),
    ("delete", 2),
    ("delete write", 4),
    ("invalidate", 2),
    ("restart write", 4),
    ("id: write", 2),
    ("anonymous: write", 2),
    ("anonymous: login", 2),
];

/// Programs with an `update` that is cancelled, with the number of its pauses on a live session.
const CUT_UPDATES: &[(&str, usize)] = &[
    ("update", 4),
    ("clear update", 4),
    ("rotate update", 4),
    ("login update", 4),
    ("login-other update", 4),
    ("delete update", 4),
    ("id: update", 4),
    ("anonymous: update", 2),
];

/// The rest of a program after its cancelled call.
const AFTER_CUT: &[&str] = &["", " all write", " update", " invalidate", " / 5xx"];

/// The requests that run beside a program with a cancelled call.
pub(crate) const BESIDE_CUT: &[&str] =
    &["write", "update", "rotate user", "login-other", "invalidate", "clear", "revoke"];

/// Every program with a `sync` or an `update` that is cancelled at each pause, with a token in another state if
/// `opened_by` is not empty. The token of an ended session needs two operations more.
pub(crate) fn cut_programs(opened_by: &str) -> Vec<NamedProgram> {
    let syncs = CUT_BEFORE_SYNC.iter().map(|(text, pauses)| (format!("{text} sync"), *pauses));
    let updates = CUT_UPDATES.iter().map(|(text, pauses)| ((*text).to_owned(), *pauses));
    let calls = syncs.chain(updates).filter(|(text, _)| opened_by.is_empty() || !text.contains(": "));
    let more = if opened_by.is_empty() { 0 } else { 2 };
    let cut = calls.flat_map(|(text, pauses)| {
        (1..=pauses + more).flat_map(move |pause| {
            let text = text.clone();
            AFTER_CUT.iter().map(move |rest| NamedProgram::new(&format!("{opened_by}{text}-cut@{pause}{rest}")))
        })
    });
    cut.collect()
}

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
