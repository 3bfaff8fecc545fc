//! What is known of a session besides its values.

use std::time::SystemTime;

use crate::store::Record;

/// When a session was created, last seen and will expire, and what the application calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// When the session began.
    pub created: SystemTime,
    /// The last use that the store noted: a change, or an extension of its time. A read within the threshold is not
    /// noted.
    pub last_seen: SystemTime,
    /// When it expires unless it is used.
    pub expires: SystemTime,
    /// What [`set_label`](crate::Session::set_label) said.
    pub label: Option<String>,
}

impl Meta {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            created: record.created.into(),
            last_seen: record.seen.into(),
            expires: record.expires.into(),
            label: record.label.clone(),
        }
    }
}
