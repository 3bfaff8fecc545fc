//! The encryption of cookies and header tokens, bound to their name and purpose.

use super::cipher_set::CipherSet;
pub(crate) use super::cipher_set::{Decrypted, NonceSeed};
use crate::config::secret_key::SecretKey;

/// The purpose of an encrypted text. A text for one purpose does not decrypt for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Session,
    State,
    /// The token of the header transport.
    Header,
}

/// Encrypts and decrypts the cookies of one name and the tokens of one header.
pub(crate) struct CookieCipher {
    ciphers: CipherSet,
    session_context: Vec<u8>,
    state_context: Vec<u8>,
    header_context: Vec<u8>,
}

impl CookieCipher {
    /// The first key encrypts. Every key decrypts. `header_name` is empty without the header transport.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, cookie_name: &str, header_name: &str) -> Self {
        let context = |purpose: &str, name: &str| format!("session/1/{purpose}/{name}").into_bytes();
        Self {
            ciphers: CipherSet::new(keys, b"session cookie"),
            session_context: context("session", cookie_name),
            state_context: context("state", cookie_name),
            header_context: context("header", header_name),
        }
    }

    fn context(&self, purpose: Purpose) -> &[u8] {
        match purpose {
            Purpose::Session => &self.session_context,
            Purpose::State => &self.state_context,
            Purpose::Header => &self.header_context,
        }
    }

    /// Returns the length of the encrypted text for `len` bytes.
    pub(crate) const fn encrypted_len(len: usize) -> usize {
        CipherSet::encrypted_len(len)
    }

    pub(crate) fn encrypt(&self, purpose: Purpose, plain: &[u8], seed: NonceSeed) -> String {
        self.ciphers.encrypt(self.context(purpose), plain, seed)
    }

    /// Decrypts a text and decodes it. Returns `None` if no key decrypts it.
    pub(crate) fn decrypt<T>(
        &self,
        purpose: Purpose,
        text: &str,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<Decrypted<T>> {
        self.ciphers.decrypt(self.context(purpose), text, decode)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a reader may refuse")]
    fn same(plain: &[u8]) -> Option<Vec<u8>> {
        Some(plain.to_vec())
    }

    fn cipher<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, name: &str) -> CookieCipher {
        CookieCipher::new(keys, name, name)
    }

    #[test]
    fn one_key_reads_the_same_from_bytes_hex_and_base64() {
        let bytes: Vec<u8> = (0..32).collect();
        let hex = "000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f";
        let keys = [
            SecretKey::from_bytes(&bytes).unwrap(),
            SecretKey::from_hex(hex).unwrap(),
            SecretKey::from_base64(&STANDARD.encode(&bytes)).unwrap(),
            SecretKey::from_base64(&URL_SAFE_NO_PAD.encode(&bytes)).unwrap(),
        ];
        let encrypted = cipher([&keys[0]], "id").encrypt(Purpose::State, b"text", NonceSeed::random());
        for key in &keys {
            assert_eq!(cipher([key], "id").decrypt(Purpose::State, &encrypted, same).unwrap().value, b"text");
        }
    }

    #[test]
    fn a_text_decrypts_only_for_its_purpose_name_and_keys() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let encrypted = cipher([&old], "id").encrypt(Purpose::Session, b"token", NonceSeed::random());
        let decrypts = |cipher: CookieCipher, purpose| cipher.decrypt(purpose, &encrypted, same).is_some();
        assert!(decrypts(cipher([&old], "id"), Purpose::Session));
        assert!(decrypts(cipher([&new, &old], "id"), Purpose::Session), "a fallback key");
        assert!(!decrypts(cipher([&new], "id"), Purpose::Session), "another key");
        assert!(!decrypts(cipher([&old], "id"), Purpose::State), "another purpose");
        assert!(!decrypts(cipher([&old], "id"), Purpose::Header), "another transport");
        assert!(!decrypts(cipher([&old], "__Host-id"), Purpose::Session), "another name");
    }

    #[test]
    fn a_text_of_another_version_does_not_decrypt() {
        let key = SecretKey::generate();
        let (now, mut next) = (cipher([&key], "id"), cipher([&key], "id"));
        next.session_context =
            String::from_utf8(next.session_context).unwrap().replace("session/1/", "session/2/").into_bytes();
        let encrypted = [&now, &next].map(|cipher| cipher.encrypt(Purpose::Session, b"token", NonceSeed::random()));
        for (cipher, decrypts) in [(&now, [true, false]), (&next, [false, true])] {
            assert_eq!(
                encrypted.each_ref().map(|text| cipher.decrypt(Purpose::Session, text, same).is_some()),
                decrypts
            );
        }
    }

    #[test]
    fn a_text_with_a_changed_byte_does_not_decrypt() {
        let cipher = cipher([&SecretKey::generate()], "id");
        let text = cipher.encrypt(Purpose::State, b"{\"theme\":\"dark\"}", NonceSeed::random());
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(cipher.decrypt(Purpose::State, &forged, same).is_none(), "byte {at}");
            assert!(cipher.decrypt(Purpose::State, &text[..at], same).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_encrypted_length_is_predicted() {
        let cipher = cipher([&SecretKey::generate()], "id");
        for len in [0, 1, 2, 3, 57, 1000] {
            assert_eq!(
                cipher.encrypt(Purpose::State, &vec![7; len], NonceSeed::random()).len(),
                CookieCipher::encrypted_len(len)
            );
        }
    }
}
