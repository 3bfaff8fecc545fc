//! The public metadata of one session, for lists of sessions: id, times and label.

use std::time::SystemTime;

use crate::record::id::SessionId;
use crate::record::stored_record::Record;

/// The limit of a label. Its usual source is the `User-Agent` header, which the client chooses.
const MAX_LABEL_BYTES: usize = 1024;

/// Cuts a label that is too long, at the end of a character.
pub(crate) fn cut_label(label: &mut String) {
    if label.len() > MAX_LABEL_BYTES {
        let end = (0..=MAX_LABEL_BYTES).rev().find(|index| label.is_char_boundary(*index));
        label.truncate(end.unwrap_or_default());
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_cut_at_a_character() {
        let cut = |label: &str| {
            let mut label = label.to_owned();
            cut_label(&mut label);
            label
        };
        assert_eq!(cut(&"x".repeat(1024)), "x".repeat(1024));
        assert_eq!(cut(&"x".repeat(1025)), "x".repeat(1024));
        assert_eq!(cut(&format!("x{}", "\u{1f98a}".repeat(300))), format!("x{}", "\u{1f98a}".repeat(255)));
    }
}
