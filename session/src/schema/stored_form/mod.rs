//! The forms in which a value is stored besides plain JSON: timed (a value that expires before its session), and sealed. A
//! value that is both is encrypted with its expiry time.

pub(crate) mod sealed;

use std::borrow::Cow;

use crate::record::id::SessionId;
use crate::record::json::timed::TimedText;
use crate::record::timestamp::Timestamp;
use crate::schema::stored_form::sealed::may_be_sealed;

/// The data that decoding a stored value may need: the keys of sealed values, and the time for timed ones. Both may call
/// functions of the application, so the caller holds no lock.
pub(crate) trait DecodeContext {
    /// Returns the JSON text of a sealed value. `None` if the text is no sealed value of this key and record.
    fn open(&self, record: &SessionId, key: &str, stored: &str) -> Option<String>;

    fn now(&self) -> Timestamp;
}

/// Returns false for nearly every plain text, with one comparison: both other forms have these two bytes here.
#[inline]
pub(crate) fn may_be_marked(stored: &str) -> bool {
    stored.as_bytes().get(6..8) == Some(b"d:")
}

/// A stored value without its encryption.
pub(crate) struct OpenedText<'t> {
    pub(crate) text: Cow<'t, str>,
    pub(crate) was_sealed: bool,
}

impl<'t> OpenedText<'t> {
    /// Decrypts a text from the store, if it is sealed. A sealed text that does not decrypt stays as it is.
    pub(crate) fn open(stored: &'t str, key: &str, record: Option<&SessionId>, context: &impl DecodeContext) -> Self {
        let sealed = record.filter(|_| may_be_sealed(stored));
        match sealed.and_then(|record| context.open(record, key, stored)) {
            Some(plain) => Self { text: Cow::Owned(plain), was_sealed: true },
            None => Self { text: Cow::Borrowed(stored), was_sealed: false },
        }
    }

    /// Takes a text that is not to be decrypted.
    pub(crate) fn plain(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), was_sealed: false }
    }

    pub(crate) fn timed(&self) -> Option<TimedText<'_>> {
        TimedText::parse(&self.text)
    }

    pub(crate) fn is_expired(&self, now: impl FnOnce() -> Timestamp) -> bool {
        self.timed().is_some_and(|timed| timed.is_expired(now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::stored_form::sealed::sealed_text;

    #[test]
    fn both_forms_have_the_mark() {
        let timed = TimedText { expires: Timestamp::from_millis(0), value: "1" };
        assert!(may_be_marked(&timed.to_stored()) && may_be_marked(&sealed_text("")));
        assert!(!may_be_marked("") && !may_be_marked("\"a long plain text\""));
    }
}
