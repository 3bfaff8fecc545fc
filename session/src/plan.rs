//! The commit plan: what a request's intent asks of the store, by what is known of its session. It does no I/O.
//!
//! One row of the table of requests and states is one arm here: [`plan`] reads top to bottom.

use crate::error::ErrorKind;

/// What this request knows of the record that its session cookie names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is no record: no cookie, or one that does not open.
    #[default]
    None,
    /// A token, and the store has not been asked about it.
    Unread,
    /// The store has said in this request that the record lives and the token is its current one.
    Live,
    /// The store has said that no live record stands behind the token.
    Ended,
    /// The store has said that the record lives, but that this token is an earlier one.
    Replaced,
    /// The record was live in this request, and then it was not.
    Severed,
}

impl Standing {
    /// Whether nothing is known against the record behind the token.
    pub(crate) fn may_live(self) -> bool {
        matches!(self, Self::Unread | Self::Live)
    }
}

/// How a request ends the session it came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The record goes; cookies and client state stay.
    Delete,
    /// Record and cookies go; what is written afterwards begins a new session.
    Restart,
    /// Record and cookies go, and nothing comes after.
    Invalidate,
}

/// What a request wants of the store.
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table, and any of them go together")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) ending: Option<Ending>,
    /// Some key is set: the only thing that begins a new session.
    pub(crate) writes: bool,
    /// Some key is set or unset, everything is cleared, or the label changes.
    pub(crate) edits: bool,
    /// Client state changes.
    pub(crate) client: bool,
    /// A new token is wanted.
    pub(crate) rotates: bool,
    /// The record was read, and less than the threshold of its time is left.
    pub(crate) touches: bool,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Nothing,
    Refuse(ErrorKind),
    /// Create a record from the keys that are set.
    Create,
    /// Commit the changes; `missed` says what follows if the record turns out to be gone, `replaced` if the token does.
    Commit {
        missed: Miss,
        replaced: Miss,
    },
    /// Extend the record's time.
    Touch,
    /// End the record, then perhaps begin a new one.
    End {
        then_create: bool,
    },
}

/// What follows a commit that found no record to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    Ignore,
    Create,
    Fail,
}

#[expect(clippy::match_same_arms, reason = "an arm is a row of the table")]
pub(crate) fn plan(standing: Standing, intent: Intent) -> Plan {
    if let Some(_ending) = intent.ending {
        return plan_ending(standing, intent.writes);
    }
    let changes = intent.edits || intent.rotates;
    let signs_in = intent.rotates && intent.writes;
    match standing {
        Standing::None | Standing::Ended if intent.writes => Plan::Create,
        Standing::None | Standing::Ended => Plan::Nothing,
        Standing::Replaced if signs_in => Plan::Create,
        Standing::Replaced if changes || intent.client => Plan::Refuse(ErrorKind::Replaced),
        Standing::Severed if changes || intent.client => Plan::Refuse(ErrorKind::Ended),
        Standing::Replaced | Standing::Severed => Plan::Nothing,
        Standing::Unread if changes => Plan::Commit {
            missed: if intent.writes { Miss::Create } else { Miss::Ignore },
            replaced: if signs_in { Miss::Create } else { Miss::Fail },
        },
        Standing::Live if changes => Plan::Commit { missed: Miss::Fail, replaced: Miss::Fail },
        Standing::Live if intent.touches => Plan::Touch,
        Standing::Unread | Standing::Live => Plan::Nothing,
    }
}

fn plan_ending(standing: Standing, writes: bool) -> Plan {
    match standing {
        Standing::Replaced => Plan::Refuse(ErrorKind::Replaced),
        Standing::Unread | Standing::Live => Plan::End { then_create: writes },
        Standing::None | Standing::Ended | Standing::Severed if writes => Plan::Create,
        Standing::None | Standing::Ended | Standing::Severed => Plan::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::Miss::{Create as C, Fail as F, Ignore as I};
    use super::Plan::{Commit, Create, End, Nothing, Refuse, Touch};
    use super::*;

    const UNTOUCHED: Intent =
        Intent { ending: None, writes: false, edits: false, client: false, rotates: false, touches: false };
    const CLIENT: Intent = Intent { client: true, ..UNTOUCHED };
    const WRITES: Intent = Intent { writes: true, edits: true, ..UNTOUCHED };
    const UNSETS: Intent = Intent { edits: true, ..UNTOUCHED };
    const ROTATES: Intent = Intent { rotates: true, ..UNTOUCHED };
    const SIGNS_IN: Intent = Intent { rotates: true, ..WRITES };
    const TOUCHES: Intent = Intent { touches: true, ..UNTOUCHED };

    const ENDED: Plan = Refuse(ErrorKind::Ended);
    const REPLACED: Plan = Refuse(ErrorKind::Replaced);

    #[test]
    fn the_plan_is_the_table() {
        let commit = |missed, replaced| Commit { missed, replaced };
        let rows = [
            // intent, then: None, Unread, Live, Ended, Replaced, Severed
            (UNTOUCHED, [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing]),
            (WRITES, [Create, commit(C, F), commit(F, F), Create, REPLACED, ENDED]),
            (UNSETS, [Nothing, commit(I, F), commit(F, F), Nothing, REPLACED, ENDED]),
            (ROTATES, [Nothing, commit(I, F), commit(F, F), Nothing, REPLACED, ENDED]),
            (SIGNS_IN, [Create, commit(C, C), commit(F, F), Create, Create, ENDED]),
            (CLIENT, [Nothing, Nothing, Nothing, Nothing, REPLACED, ENDED]),
            (TOUCHES, [Nothing, Nothing, Touch, Nothing, Nothing, Nothing]),
        ];
        assert_rows(&rows);
    }

    #[test]
    fn an_ending_goes_first_and_never_past_a_replaced_token() {
        for ending in [Ending::Delete, Ending::Restart, Ending::Invalidate] {
            let alone = Intent { ending: Some(ending), ..UNTOUCHED };
            let then_writes = Intent { ending: Some(ending), ..WRITES };
            let end = |then_create| End { then_create };
            assert_rows(&[
                (alone, [Nothing, end(false), end(false), Nothing, REPLACED, Nothing]),
                (then_writes, [Create, end(true), end(true), Create, REPLACED, Create]),
            ]);
        }
    }

    fn assert_rows(rows: &[(Intent, [Plan; 6])]) {
        use Standing::{Ended, Live, None, Replaced, Severed, Unread};
        for (intent, cells) in rows {
            for (standing, expected) in [None, Unread, Live, Ended, Replaced, Severed].into_iter().zip(cells) {
                assert_eq!(plan(standing, *intent), *expected, "{standing:?}: {intent:?}");
            }
        }
    }
}
