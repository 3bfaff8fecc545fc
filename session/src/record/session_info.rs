//! The public metadata of one session, for lists of sessions: id, times and label.

use std::time::SystemTime;

use crate::record::id::SessionId;
use crate::record::stored_record::Record;

/// The metadata of one session, without its values.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// The public id of the session.
    pub id: SessionId,
    /// The time of creation.
    pub created: SystemTime,
    /// The time of the last rotation of its token, if there was one.
    pub rotated: Option<SystemTime>,
    /// The time of the last change or renewal. Reads that do not renew the session, and writes through
    /// [`by_id`](crate::SessionManager::by_id), are not recorded.
    pub last_seen: SystemTime,
    /// The time at which the session expires if it is not used again.
    pub expires: SystemTime,
    /// The label that the application gave with [`set_label`](crate::Session::set_label).
    pub label: Option<String>,
}

impl SessionInfo {
    /// Creates the metadata of a record.
    pub fn new(id: SessionId, record: &Record) -> Self {
        Self {
            id,
            created: record.created.into(),
            rotated: record.rotated.map(SystemTime::from),
            last_seen: record.last_seen.into(),
            expires: record.expires.into(),
            label: record.label.clone(),
        }
    }
}
