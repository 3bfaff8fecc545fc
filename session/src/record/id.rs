//! The public id of a session, the hash of its token's secret, and random bytes.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::Error;

/// The public id of a session: 128 random bits, unchanged for the session's whole life and never reused.
///
/// It may appear in logs and on admin pages, since it does not open the session. Only the token in the session cookie
/// does, which also contains a secret.
///
/// `Display`, `FromStr` and serde use the same text: 32 hexadecimal digits. A form or a path of the application can
/// contain it:
///
/// ```
/// use session::SessionId;
///
/// /// The request "log out this device".
/// #[derive(serde::Deserialize)]
/// struct LogOut {
///     device: SessionId,
/// }
///
/// let request: LogOut = serde_json::from_str(r#"{"device":"00112233445566778899aabbccddeeff"}"#)?;
/// assert_eq!(request.device.to_string(), "00112233445566778899aabbccddeeff");
///
/// let error = "not-an-id".parse::<SessionId>().unwrap_err();
/// assert_eq!(error.to_string(), "a session id has 32 hexadecimal digits"); // without the text
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A client chooses the id that it sends. [`revoke`](crate::SessionManager::revoke) deletes only a session of the given
/// user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    /// Creates an id from the 16 bytes that a store holds.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the 16 bytes for a store.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

impl FromStr for SessionId {
    type Err = Error;

    /// Parses the output of `Display`: 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut bytes = [0; 16];
        let decoded = hex::decode_to_slice(text, &mut bytes);
        decoded.map(|()| Self(bytes)).map_err(|_| Error::config("a session id has 32 hexadecimal digits"))
    }
}

impl Serialize for SessionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = SessionId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session id")
    }

    /// The error does not quote the text: a client might have sent a secret.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<SessionId, E> {
        text.parse().map_err(E::custom)
    }
}

/// The SHA-256 of a token's secret. The store holds it instead of the secret.
///
/// A plain hash is sufficient, because the secret has 128 random bits. The comparison takes constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn from_secret(secret: &[u8; 16]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Creates a hash from the 32 bytes that a store holds.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes for a store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        self.0.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word))
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        let differs = |difference: u64, (one, two): (u64, u64)| difference | (one ^ two);
        self.words().zip(other.words()).fold(0, differs).ct_eq(&0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// Returns bytes from the operating system's random generator.
///
/// # Panics
///
/// If the operating system has no randomness: no session can be created safely then.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_hash() {
        assert_eq!(format!("{:?}", TokenHash::from_secret(&[7; 16])), "TokenHash(..)");
    }

    #[test]
    fn an_id_is_serialized_as_its_text() {
        let id = SessionId::from_bytes(*b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xfa\xfb\xfc\xfd\xfe\xff");
        let json = r#""00010203040506070809fafbfcfdfeff""#;
        assert_eq!(serde_json::to_string(&id).unwrap(), json);
        assert_eq!(serde_json::from_str::<SessionId>(json).unwrap(), id);
        assert_eq!(
            serde_json::from_reader::<_, SessionId>(json.as_bytes()).unwrap(),
            id,
            "a text that is not borrowed"
        );
        assert_eq!(serde_json::from_value::<SessionId>(id.to_string().into()).unwrap(), id, "an owned text");
    }

    #[test]
    fn an_invalid_serialized_id_is_an_error_without_its_text() {
        for wrong in ["", "hunter2", &"hunter2-".repeat(4), &"0".repeat(31), &"0".repeat(33)] {
            let error = serde_json::from_value::<SessionId>(wrong.into()).unwrap_err();
            assert_eq!(error.to_string(), "a session id has 32 hexadecimal digits", "{wrong:?}");
        }
        let error = serde_json::from_str::<SessionId>("null").unwrap_err();
        assert_eq!(error.to_string(), "invalid type: null, expected a session id at line 1 column 4");
    }

    #[test]
    fn an_id_is_parsed_from_its_display_output() {
        let id = SessionId::random();
        assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
        for wrong in ["", "00", "zz", &"0".repeat(31), &"0".repeat(33), &"é".repeat(16)] {
            assert!(wrong.parse::<SessionId>().is_err(), "{wrong:?}");
        }
    }
}
