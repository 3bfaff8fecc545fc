//! The encryption of sealed values, bound to the record and the key under which they are stored.

use std::sync::OnceLock;

use super::cipher_set::{CipherSet, Decrypted, NonceSeed};
use crate::config::event::{Event, EventListeners};
use crate::config::secret_key::SecretKey;
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::schema::stored_form::sealed::{encrypted_part, sealed_text};

/// Encrypts and decrypts sealed values. Its ciphers are prepared at the first use.
///
/// The associated data contains the record's id and the key, so that a value decrypts only where it was stored. The id of
/// a new record is known only when its commit is built, so values are encrypted there, and not by the setter.
pub(crate) struct ValueCipher {
    keys: Vec<SecretKey>,
    ciphers: OnceLock<CipherSet>,
    /// Called if a fallback key opens a value.
    listeners: EventListeners,
}

impl ValueCipher {
    /// The first key encrypts. Every key decrypts.
    pub(crate) fn new(keys: &[SecretKey], listeners: EventListeners) -> Self {
        Self { keys: keys.to_vec(), ciphers: OnceLock::new(), listeners }
    }

    fn ciphers(&self) -> &CipherSet {
        self.ciphers.get_or_init(|| CipherSet::new(&self.keys, b"sealed value"))
    }

    /// Encrypts a value for one key of one record.
    pub(crate) fn seal(&self, record: &SessionId, key: &str, value: &Json) -> Json {
        let encrypted = self.ciphers().encrypt(&context(record, key), value.as_str().as_bytes(), NonceSeed::random());
        Json::from_text(sealed_text(&encrypted))
    }

    /// Returns true if a commit of `value` would store nothing new: the stored text is equal, or decrypts to an equal text
    /// with the current secret key. A value of a fallback key is encrypted again.
    pub(crate) fn is_stored_as(&self, record: &SessionId, key: &str, value: &Json, stored: &str) -> bool {
        if !value.needs_seal() {
            return value.as_str() == stored;
        }
        let decrypted = self.decrypt(record, key, stored, |plain| Some(plain == value.as_str().as_bytes()));
        decrypted.is_some_and(|decrypted| decrypted.value && decrypted.key == 0)
    }

    /// Returns the JSON text of a sealed value. `None` if the text is no sealed value of this key and record. It may call
    /// listeners, so the caller holds no lock.
    pub(crate) fn open(&self, record: &SessionId, key: &str, stored: &str) -> Option<String> {
        let plain = |plain: &[u8]| String::from_utf8(plain.to_vec()).ok();
        let Decrypted { value, key } = self.decrypt(record, key, stored, plain)?;
        if key > 0 && self.listeners.is_active() {
            self.listeners.emit(&Event::FallbackKeyUsed { key });
        }
        Some(value)
    }

    fn decrypt<T>(
        &self,
        record: &SessionId,
        key: &str,
        stored: &str,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<Decrypted<T>> {
        self.ciphers().decrypt(&context(record, key), encrypted_part(stored)?, decode)
    }
}

/// The id has a fixed length, so two pairs of id and key never have the same context.
fn context(record: &SessionId, key: &str) -> Vec<u8> {
    [b"session/1/sealed/", record.as_bytes().as_slice(), key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "{\"refresh\":\"hunter2\"}";

    fn plain() -> Json {
        Json::from_text(PLAIN).with_seal(true)
    }

    fn cipher(keys: &[SecretKey]) -> ValueCipher {
        ValueCipher::new(keys, EventListeners::default())
    }

    #[test]
    fn a_sealed_value_decrypts_only_for_its_record_key_and_secret_keys() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let (record, other) = (SessionId::random(), SessionId::random());
        let sealed = cipher(std::slice::from_ref(&old)).seal(&record, "token", &plain());
        assert!(!sealed.as_str().contains("hunter2") && !sealed.needs_seal());
        let opens = |keys: &[&SecretKey], record, key| {
            let keys: Vec<_> = keys.iter().copied().cloned().collect();
            cipher(&keys).open(record, key, sealed.as_str())
        };
        assert_eq!(opens(&[&old], &record, "token").as_deref(), Some(PLAIN));
        assert_eq!(opens(&[&new, &old], &record, "token").as_deref(), Some(PLAIN), "a fallback key");
        assert_eq!(opens(&[&new], &record, "token"), None, "another secret key");
        assert_eq!(opens(&[&old], &other, "token"), None, "another record");
        assert_eq!(opens(&[&old], &record, "token2"), None, "another key");
    }

    #[test]
    fn an_equal_value_is_stored_already_unless_a_fallback_key_encrypted_it() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let record = SessionId::random();
        let before = cipher(std::slice::from_ref(&old));
        let sealed = before.seal(&record, "token", &plain());
        let is_stored =
            |cipher: &ValueCipher, value: &Json| cipher.is_stored_as(&record, "token", value, sealed.as_str());
        assert!(is_stored(&before, &plain()));
        assert!(!is_stored(&before, &Json::from_text("1").with_seal(true)));
        assert!(!is_stored(&before, &Json::from_text(PLAIN)), "the field is not sealed any more");
        assert!(!before.is_stored_as(&record, "token", &plain(), PLAIN), "the stored value is plain");
        assert!(!is_stored(&cipher(&[new, old]), &plain()));
    }

    #[test]
    fn each_encryption_differs() {
        let cipher = cipher(&[SecretKey::generate()]);
        let record = SessionId::random();
        assert!(cipher.seal(&record, "token", &plain()) != cipher.seal(&record, "token", &plain()));
    }

    #[test]
    fn a_cookie_of_the_same_secret_key_is_no_sealed_value() {
        let key = SecretKey::generate();
        let record = SessionId::random();
        let cookie_ciphers = CipherSet::new([&key], b"session cookie");
        let encrypted = cookie_ciphers.encrypt(&context(&record, "token"), b"1", NonceSeed::random());
        let cipher = cipher(std::slice::from_ref(&key));
        assert_eq!(cipher.open(&record, "token", &sealed_text(&encrypted)), None);
    }

    #[test]
    fn a_sealed_value_with_a_changed_byte_does_not_decrypt() {
        let cipher = cipher(&[SecretKey::generate()]);
        let record = SessionId::random();
        let sealed = cipher.seal(&record, "token", &plain());
        for at in 0..sealed.as_str().len() {
            let mut forged = sealed.as_str().to_owned().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(cipher.open(&record, "token", &forged), None, "byte {at}");
            assert_eq!(cipher.open(&record, "token", &sealed.as_str()[..at]), None, "cut at {at}");
        }
    }
}
