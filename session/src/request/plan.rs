//! The commit plan: which store operation a request needs, from its intent and the status of its record. No I/O.
//!
//! Each row of the table of requests and states is one match arm of [`plan`].

use crate::error::ErrorKind;

/// The status of the record named by the session cookie, as far as this request knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RecordStatus {
    /// There is no record: no cookie, or one that does not decrypt.
    #[default]
    Absent,
    /// There is a token, and the store was not called yet.
    Unknown,
    /// The record is live and the token is its current one.
    Live,
    /// There is no live record for the token.
    Ended,
    /// The record is live, but the token is an earlier one.
    Replaced,
    /// The record was live earlier in this request, and then ended.
    EndedMidRequest,
}

impl RecordStatus {
    /// Returns true unless the record is known to be absent, ended or replaced.
    pub(crate) fn may_be_live(self) -> bool {
        matches!(self, Self::Unknown | Self::Live)
    }
}

/// The way in which a request deletes its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    /// Delete the record. Cookies and client state remain.
    Delete,
    /// Delete the record and the cookies. Later writes start a new session.
    Restart,
    /// Delete the record and the cookies. Later writes are ignored.
    Invalidate,
    /// Like `Restart`, because another user logs in. It is part of the login: if the record is deleted or replaced, the login still starts
    /// a new session, and a failed request does not execute it.
    LogIn,
}

/// The pending changes of a request, as the plan needs them.
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table, in any combination")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) deletion: Option<Deletion>,
    /// A key is set. Only this creates a session.
    pub(crate) has_sets: bool,
    /// A key is set or unset, all keys are cleared, or the label changes.
    pub(crate) has_edits: bool,
    pub(crate) has_client_changes: bool,
    pub(crate) rotates: bool,
    /// `log_in` was called. If the record is deleted or replaced, the login starts a new session.
    pub(crate) logs_in: bool,
    /// The token is renewed, which is no login and creates nothing.
    pub(crate) renews_token: bool,
    /// The record was loaded, and less than the threshold of its idle timeout remains.
    pub(crate) renews: bool,
}

/// The store operations of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Nothing,
    Refuse(ErrorKind),
    /// Create a record from the keys that are set.
    Create,
    /// Commit the changes. The fields state the next step if the record is missing, or has another token.
    Commit {
        on_missing: NextStep,
        on_replaced: NextStep,
    },
    /// Renew the record.
    Touch,
    /// Delete the record, and create a new one if keys are set.
    Delete {
        then_create: bool,
    },
}

/// The next step after a commit that found no matching record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    Ignore,
    Create,
    Fail,
}

#[expect(clippy::match_same_arms, reason = "an arm is a row of the table")]
pub(crate) fn plan(status: RecordStatus, intent: Intent) -> Plan {
    if let Some(deletion) = intent.deletion {
        return plan_deletion(status, deletion, intent.has_sets);
    }
    let has_changes = intent.has_edits || intent.rotates;
    let is_login = intent.logs_in || intent.rotates && intent.has_sets;
    match status {
        RecordStatus::Absent | RecordStatus::Ended if intent.has_sets => Plan::Create,
        RecordStatus::Absent | RecordStatus::Ended => Plan::Nothing,
        RecordStatus::Replaced if is_login => Plan::Create,
        RecordStatus::Replaced if has_changes || intent.has_client_changes => Plan::Refuse(ErrorKind::Replaced),
        RecordStatus::EndedMidRequest if has_changes || intent.has_client_changes => Plan::Refuse(ErrorKind::Ended),
        RecordStatus::Replaced | RecordStatus::EndedMidRequest => Plan::Nothing,
        RecordStatus::Unknown if has_changes => Plan::Commit {
            on_missing: if intent.has_sets { NextStep::Create } else { NextStep::Ignore },
            on_replaced: if is_login { NextStep::Create } else { NextStep::Fail },
        },
        RecordStatus::Live if intent.logs_in => {
            Plan::Commit { on_missing: NextStep::Create, on_replaced: NextStep::Create }
        }
        RecordStatus::Live if has_changes => Plan::Commit { on_missing: NextStep::Fail, on_replaced: NextStep::Fail },
        RecordStatus::Unknown | RecordStatus::Live if intent.renews_token => {
            Plan::Commit {
                on_missing: NextStep::Ignore,
                // The new state cookie would replace the one of the request that has renewed the token.
                on_replaced: if intent.has_client_changes { NextStep::Fail } else { NextStep::Ignore },
            }
        }
        RecordStatus::Live if intent.renews => Plan::Touch,
        RecordStatus::Unknown | RecordStatus::Live => Plan::Nothing,
    }
}

fn plan_deletion(status: RecordStatus, deletion: Deletion, has_sets: bool) -> Plan {
    match status {
        RecordStatus::Replaced if deletion == Deletion::LogIn => Plan::Create,
        RecordStatus::Replaced => Plan::Refuse(ErrorKind::Replaced),
        RecordStatus::Unknown | RecordStatus::Live => Plan::Delete { then_create: has_sets },
        RecordStatus::Absent | RecordStatus::Ended | RecordStatus::EndedMidRequest if has_sets => Plan::Create,
        RecordStatus::Absent | RecordStatus::Ended | RecordStatus::EndedMidRequest => Plan::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::NextStep::{Create as C, Fail as F, Ignore as I};
    use super::Plan::{Commit, Create, Delete, Nothing, Refuse, Touch};
    use super::*;

    const UNTOUCHED: Intent = Intent {
        deletion: None,
        has_sets: false,
        has_edits: false,
        has_client_changes: false,
        rotates: false,
        logs_in: false,
        renews_token: false,
        renews: false,
    };
    const CLIENT: Intent = Intent { has_client_changes: true, ..UNTOUCHED };
    const SETS: Intent = Intent { has_sets: true, has_edits: true, ..UNTOUCHED };
    const UNSETS: Intent = Intent { has_edits: true, ..UNTOUCHED };
    const ROTATES: Intent = Intent { rotates: true, ..UNTOUCHED };
    const LOGIN: Intent = Intent { rotates: true, ..SETS };
    const LOGS_IN: Intent = Intent { logs_in: true, ..LOGIN };
    const LOGS_IN_AGAIN: Intent = Intent { logs_in: true, ..ROTATES };
    const RENEWS_TOKEN: Intent = Intent { renews_token: true, ..UNTOUCHED };
    const RENEWS_TOKEN_AND_CLIENT: Intent = Intent { renews_token: true, ..CLIENT };
    const RENEWS_TOKEN_AND_SETS: Intent = Intent { renews_token: true, ..SETS };
    const RENEWS: Intent = Intent { renews: true, ..UNTOUCHED };

    const ENDED: Plan = Refuse(ErrorKind::Ended);
    const REPLACED: Plan = Refuse(ErrorKind::Replaced);

    #[test]
    fn the_plan_matches_the_table() {
        let commit = |on_missing, on_replaced| Commit { on_missing, on_replaced };
        let rows = [
            // intent, then: Absent, Unknown, Live, Ended, Replaced, EndedMidRequest
            (UNTOUCHED, [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing]),
            (SETS, [Create, commit(C, F), commit(F, F), Create, REPLACED, ENDED]),
            (UNSETS, [Nothing, commit(I, F), commit(F, F), Nothing, REPLACED, ENDED]),
            (ROTATES, [Nothing, commit(I, F), commit(F, F), Nothing, REPLACED, ENDED]),
            (LOGIN, [Create, commit(C, C), commit(F, F), Create, Create, ENDED]),
            (LOGS_IN, [Create, commit(C, C), commit(C, C), Create, Create, ENDED]),
            (LOGS_IN_AGAIN, [Nothing, commit(I, C), commit(C, C), Nothing, Create, ENDED]),
            (RENEWS_TOKEN, [Nothing, commit(I, I), commit(I, I), Nothing, Nothing, Nothing]),
            (RENEWS_TOKEN_AND_SETS, [Create, commit(C, F), commit(F, F), Create, REPLACED, ENDED]),
            (RENEWS_TOKEN_AND_CLIENT, [Nothing, commit(I, F), commit(I, F), Nothing, REPLACED, ENDED]),
            (CLIENT, [Nothing, Nothing, Nothing, Nothing, REPLACED, ENDED]),
            (RENEWS, [Nothing, Nothing, Touch, Nothing, Nothing, Nothing]),
        ];
        assert_rows(&rows);
    }

    #[test]
    fn a_deletion_comes_first_and_needs_the_current_token() {
        for deletion in [Deletion::Delete, Deletion::Restart, Deletion::Invalidate] {
            let alone = Intent { deletion: Some(deletion), ..UNTOUCHED };
            let then_sets = Intent { deletion: Some(deletion), ..SETS };
            let delete = |then_create| Delete { then_create };
            assert_rows(&[
                (alone, [Nothing, delete(false), delete(false), Nothing, REPLACED, Nothing]),
                (then_sets, [Create, delete(true), delete(true), Create, REPLACED, Create]),
            ]);
        }
    }

    fn assert_rows(rows: &[(Intent, [Plan; 6])]) {
        use RecordStatus::{Absent, Ended, EndedMidRequest, Live, Replaced, Unknown};
        for (intent, cells) in rows {
            for (status, expected) in [Absent, Unknown, Live, Ended, Replaced, EndedMidRequest].into_iter().zip(cells) {
                assert_eq!(plan(status, *intent), *expected, "{status:?}: {intent:?}");
            }
        }
    }
}
