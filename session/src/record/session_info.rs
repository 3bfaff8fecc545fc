//! The public metadata of one session, for lists of sessions: id, times and label.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::record::id::SessionId;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;

/// The limit of a label. Its usual source is the `User-Agent` header, which the client chooses.
const MAX_LABEL_BYTES: usize = 1024;

/// Cuts a label that is too long, at the end of a character.
pub(crate) fn cut_label(label: &mut String) {
    if label.len() > MAX_LABEL_BYTES {
        let end = (0..=MAX_LABEL_BYTES).rev().find(|index| label.is_char_boundary(*index));
        label.truncate(end.unwrap_or_default());
    }
}

/// The metadata of one session, without its values and its token.
///
/// serde writes the times as whole milliseconds since the Unix epoch, like `Date.now()` of JavaScript:
/// `new Date(device.last_seen)` converts one. Sessions are stored with the same precision.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionInfo, SessionManager, store::MemoryStore};
/// # use std::time::{Duration, SystemTime};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let clock = || SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_000);
/// # let config = SessionConfig::new(SecretKey::generate()).clock(clock);
/// # let manager = SessionManager::new(MemoryStore::new(), config);
/// # let mut session = manager.open(&http::HeaderMap::new());
/// # session.insert("user", 7).await?;
/// # session.set_label("Firefox");
/// # session.sync().await?;
/// let device: SessionInfo = session.meta().await?.expect("the session is stored");
/// # let id = device.id;
/// let json = serde_json::to_value(&device).unwrap();
/// assert_eq!(
///     json,
///     serde_json::json!({
///         "id": id.to_string(), // 32 hexadecimal digits
///         "created": 1_800_000_000_000_u64, // 2027-01-15T08:00:00Z
///         "rotated": null,
///         "last_seen": 1_800_000_000_000_u64,
///         "expires": 1_800_086_400_000_u64,
///         "label": "Firefox",
///     })
/// );
/// assert_eq!(serde_json::from_value::<SessionInfo>(json).unwrap(), device);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// The public id of the session.
    pub id: SessionId,
    /// The time of creation.
    #[serde(with = "unix_millis")]
    pub created: SystemTime,
    /// The time of the last rotation of its token, if there was one.
    #[serde(default, with = "optional_unix_millis")]
    pub rotated: Option<SystemTime>,
    /// The time of the last change or renewal. Reads that do not renew the session are not recorded, and neither are writes
    /// of [detached](crate::Session::detached) handles and of [`by_id`](crate::SessionManager::by_id), unless they
    /// [keep the session alive](crate::Session::keep_alive).
    #[serde(with = "unix_millis")]
    pub last_seen: SystemTime,
    /// The time at which the session expires if it is not used again.
    #[serde(with = "unix_millis")]
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

/// The serde format of a time.
mod unix_millis {
    use super::{Deserialize, Serialize, SystemTime, Timestamp};

    pub(super) fn serialize<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        Timestamp::from(*time).as_millis().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        i64::deserialize(deserializer).map(|millis| Timestamp::from_millis(millis).into())
    }
}

/// The serde format of a time that may be missing.
mod optional_unix_millis {
    use super::{Deserialize, Serialize, SystemTime, Timestamp};

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(super) fn serialize<S: serde::Serializer>(time: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(|time| Timestamp::from(time).as_millis()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        let millis = Option::<i64>::deserialize(deserializer)?;
        Ok(millis.map(|millis| Timestamp::from_millis(millis).into()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(millis: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }

    fn info() -> SessionInfo {
        SessionInfo {
            id: SessionId::from_bytes([0xab; 16]),
            created: at(1_800_000_000_123),
            rotated: Some(at(1_800_000_000_456)),
            last_seen: at(1_800_000_060_000),
            expires: at(1_800_086_460_789),
            label: Some("Firefox on \"Linux\"".to_owned()),
        }
    }

    /// Applications store and send this format: a change breaks them.
    #[test]
    fn the_serialized_format_is_stable() {
        let json = r#"{"id":"abababababababababababababababab","created":1800000000123,"rotated":1800000000456,"last_seen":1800000060000,"expires":1800086460789,"label":"Firefox on \"Linux\""}"#;
        assert_eq!(serde_json::to_string(&info()).unwrap(), json);
        assert_eq!(serde_json::from_str::<SessionInfo>(json).unwrap(), info());
    }

    #[test]
    fn a_missing_rotation_and_label_are_null() {
        let never_rotated = SessionInfo { rotated: None, label: None, ..info() };
        let json = serde_json::to_value(&never_rotated).unwrap();
        assert_eq!((&json["rotated"], &json["label"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        assert_eq!(serde_json::from_value::<SessionInfo>(json).unwrap(), never_rotated);
    }

    #[test]
    fn null_fields_may_be_left_out_and_unknown_ones_are_ignored() {
        let json = r#"{"id":"abababababababababababababababab","created":1,"last_seen":2,"expires":3,"new":true}"#;
        let info = serde_json::from_str::<SessionInfo>(json).unwrap();
        assert_eq!((info.created, info.last_seen, info.expires), (at(1), at(2), at(3)));
        assert_eq!((info.rotated, info.label), (None, None));
    }

    #[test]
    fn a_serialized_time_is_cut_to_milliseconds() {
        let precise = SessionInfo { created: at(1) + Duration::from_nanos(999_999), ..info() };
        let json = serde_json::to_value(&precise).unwrap();
        assert_eq!(json["created"], 1);
        assert_eq!(serde_json::from_value::<SessionInfo>(json).unwrap().created, at(1));
    }

    #[test]
    fn a_serialized_time_that_is_no_whole_number_is_an_error() {
        for wrong in [serde_json::json!(1.5), "2027-01-15T08:00:00Z".into(), u64::MAX.into(), serde_json::Value::Null] {
            let mut json = serde_json::to_value(info()).unwrap();
            json["created"] = wrong.clone();
            assert!(serde_json::from_value::<SessionInfo>(json).is_err(), "{wrong}");
        }
    }

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
