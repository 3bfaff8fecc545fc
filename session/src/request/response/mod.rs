//! The end of a request: its last commit, the headers of its response, and the rule for failed requests.

mod end;
pub(crate) mod failure_rule;
pub(crate) mod headers;
