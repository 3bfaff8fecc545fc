//! Timed values: values that expire before their session, with their expiry time.
//!
//! A timed value is stored as an object, with the time in milliseconds since the Unix epoch:
//! `{"timed:expires_at":1764547200000,"value":"123456"}`.

use std::borrow::Cow;

use crate::record::timestamp::Timestamp;

const PREFIX: &str = "{\"timed:expires_at\":";
const VALUE: &str = ",\"value\":";

/// A stored value with its expiry time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimedText<'t> {
    /// The first instant at which the value reads as absent.
    pub(crate) expires: Timestamp,
    /// The JSON text of the value.
    pub(crate) value: &'t str,
}

impl<'t> TimedText<'t> {
    /// Returns `None` if the text is not a timed value.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let (expires, rest) = rest.split_at(rest.find(',')?);
        let value = rest.strip_prefix(VALUE)?.strip_suffix('}')?;
        Some(Self { expires: Timestamp::from_millis(expires.parse().ok()?), value })
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }

    /// Returns the text that is stored.
    pub(crate) fn to_stored(self) -> String {
        let Self { expires, value } = self;
        format!("{PREFIX}{}{VALUE}{value}}}", expires.as_millis())
    }
}

/// Returns the encoded text of an application's value, changed so that it is not taken for a timed value: JSON allows a space
/// after the brace.
pub(crate) fn escape_timed(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('{') {
        Some(rest) if text.starts_with(PREFIX) => Cow::Owned(format!("{{ {rest}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timed_text_is_parsed_back() {
        for (millis, value) in [(0, "1"), (i64::MAX, "{\"value\":[1,2]}"), (-5, "\"}\""), (1_764_547_200_000, "null")] {
            let timed = TimedText { expires: Timestamp::from_millis(millis), value };
            let stored = timed.to_stored();
            assert_eq!(TimedText::parse(&stored), Some(timed));
            assert!(serde_json::from_str::<serde_json::Value>(&stored).is_ok());
        }
    }

    #[test]
    fn other_texts_are_no_timed_values() {
        let texts = [
            "",
            "{}",
            "{\"expires_at\":1,\"value\":2}",
            "{\"timed:expires_at\":1}",
            "{\"timed:expires_at\":\"1\",\"value\":2}",
            "{\"timed:expires_at\":1.5,\"value\":2}",
            "{\"timed:expires_at\":1,\"value\":2",
            "{\"timed:expires_at\":1,\"other\":2}",
            "{ \"timed:expires_at\":1,\"value\":2}",
            " {\"timed:expires_at\":1,\"value\":2}",
        ];
        for text in texts {
            assert_eq!(TimedText::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_of_the_application_in_the_form_of_a_timed_one_is_escaped_as_equal_json() {
        let text = "{\"timed:expires_at\":1,\"value\":2}";
        let escaped = escape_timed(text);
        assert_eq!(TimedText::parse(&escaped), None);
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(&escaped), parse(text));
        assert!(matches!(escape_timed("{\"a\":1}"), Cow::Borrowed(_)));
        assert!(matches!(escape_timed("\"timed:expires_at\""), Cow::Borrowed(_)));
    }
}
