//! The token: the content of the session cookie.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use crate::config::lifetime::Lifetime;
use crate::cookie::csrf_secret::CsrfSecret;
use crate::cookie::encryption::cookie_cipher::NonceSeed;
use crate::record::id::{SessionId, TokenHash, random_bytes};
use crate::record::lifetime_limits::Limits;
use crate::record::timestamp::Timestamp;

/// The content of the session cookie: the record's id, the secret, the times of issue and absolute end, the lifetime, and the
/// secret against request forgery.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) id: SessionId,
    secret: [u8; 16],
    hash: TokenHash,
    /// Of several tokens in one request, the one issued last is used.
    pub(crate) issued: Timestamp,
    pub(crate) absolute_end: Timestamp,
    pub(crate) lifetime: Lifetime,
    /// Random for each login. A renewed token keeps it, so that open forms stay valid.
    pub(crate) csrf: CsrfSecret,
    /// For the one cookie that a new token is encrypted in. It is read in one `getrandom` call with the secret, because
    /// the call costs more than the encryption.
    nonce_seed: Option<NonceSeed>,
}

impl Token {
    pub(crate) const LEN: usize = 16 + 16 + 8 + 8 + 8 + 8 + 1 + CsrfSecret::LEN;

    /// The secret, the secret against request forgery, and the nonce.
    const RANDOM_LEN: usize = 16 + CsrfSecret::LEN + NonceSeed::LEN;

    /// Creates a token for a new record.
    pub(crate) fn new(lifetime: Lifetime, now: Timestamp) -> Self {
        let random = random_bytes::<{ 16 + Self::RANDOM_LEN }>();
        let (id, random) = split(&random);
        Self::from_random(SessionId::from_bytes(id), random, lifetime, now)
    }

    /// Creates a new token for an existing record.
    pub(crate) fn rotated(id: SessionId, lifetime: Lifetime, now: Timestamp) -> Self {
        Self::from_random(id, &random_bytes::<{ Self::RANDOM_LEN }>(), lifetime, now)
    }

    /// Creates a new token for the same login: the lifetime and the absolute end stay.
    pub(crate) fn renewed(&self, now: Timestamp) -> Self {
        Self { absolute_end: self.absolute_end, csrf: self.csrf, ..Self::rotated(self.id, self.lifetime, now) }
    }

    pub(crate) fn with_csrf(self, csrf: CsrfSecret) -> Self {
        Self { csrf, ..self }
    }

    /// Returns the limits of a record with this token.
    pub(crate) fn limits(&self) -> Limits {
        Limits { idle: self.lifetime.idle, absolute_end: self.absolute_end }
    }

    fn from_random(id: SessionId, random: &[u8], lifetime: Lifetime, now: Timestamp) -> Self {
        let (secret, random) = split(random);
        let (csrf, random) = split(random);
        let (nonce_seed, _) = split(random);
        let (hash, absolute_end) = (TokenHash::from_secret(&secret), lifetime.limits(now).absolute_end);
        let (csrf, nonce_seed) = (CsrfSecret::from_bytes(csrf), Some(NonceSeed::from_bytes(nonce_seed)));
        Self { id, secret, hash, issued: now, absolute_end, lifetime, csrf, nonce_seed }
    }

    pub(crate) fn hash(&self) -> TokenHash {
        self.hash
    }

    pub(crate) fn nonce_seed(&self) -> NonceSeed {
        self.nonce_seed.unwrap_or_else(NonceSeed::random)
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let mut bytes = [0; Self::LEN];
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..32].copy_from_slice(&self.secret);
        bytes[32..40].copy_from_slice(&self.issued.as_millis().to_be_bytes());
        bytes[40..48].copy_from_slice(&self.absolute_end.as_millis().to_be_bytes());
        bytes[48..56].copy_from_slice(&millis(self.lifetime.idle).to_be_bytes());
        bytes[56..64].copy_from_slice(&millis(self.lifetime.absolute).to_be_bytes());
        bytes[64] = u8::from(self.lifetime.persistent);
        bytes[65..].copy_from_slice(self.csrf.as_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let number = |range: Range<usize>| bytes[range].try_into().map(u64::from_be_bytes).ok();
        let timestamp = |range| number(range).map(|millis| Timestamp::from_millis(millis.cast_signed()));
        let duration = |range| number(range).map(Duration::from_millis);
        let secret = bytes[16..32].try_into().ok()?;
        Some(Self {
            id: SessionId::from_bytes(bytes[..16].try_into().ok()?),
            secret,
            hash: TokenHash::from_secret(&secret),
            csrf: CsrfSecret::from_bytes(bytes[65..].try_into().ok()?),
            nonce_seed: None,
            issued: timestamp(32..40)?,
            absolute_end: timestamp(40..48)?,
            lifetime: Lifetime { idle: duration(48..56)?, absolute: duration(56..64)?, persistent: bytes[64] == 1 },
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, ..)", self.id)
    }
}

/// Splits off the first `N` bytes.
fn split<const N: usize>(random: &[u8]) -> ([u8; N], &[u8]) {
    let (first, rest) = random.split_first_chunk().expect("the caller provides enough bytes");
    (*first, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_decoded_from_its_bytes() {
        let lifetime = Lifetime::new().until_browser_closes();
        let token = Token::new(lifetime, Timestamp::from_millis(1_700_000_000_123));
        let decoded = Token::from_bytes(&token.to_bytes()).unwrap();
        assert_eq!((decoded.id, decoded.secret), (token.id, token.secret));
        assert_eq!((decoded.issued, decoded.absolute_end), (token.issued, token.absolute_end));
        assert_eq!(decoded.lifetime, lifetime);
        assert_eq!(decoded.hash(), token.hash());
        assert!(decoded.csrf.is_equal(&token.csrf));
    }

    #[test]
    fn a_rotation_changes_the_secret_against_forgery_and_a_renewal_keeps_it() {
        let now = Timestamp::from_millis(0);
        let token = Token::new(Lifetime::new(), now);
        assert!(!Token::rotated(token.id, Lifetime::new(), now).csrf.is_equal(&token.csrf));
        assert!(token.renewed(now).csrf.is_equal(&token.csrf));
    }

    /// A bit is equal in all samples by chance only once in 2^255 runs.
    #[test]
    fn every_bit_of_id_and_secrets_is_random() {
        let (mut or, mut and, mut equal) = ([0; 3], [u128::MAX; 3], 0);
        for _ in 0..256 {
            let token = Token::new(Lifetime::new(), Timestamp::from_millis(0));
            let rotated = Token::rotated(token.id, Lifetime::new(), Timestamp::from_millis(0));
            equal += u32::from(token.secret == rotated.secret || token.secret == *token.id.as_bytes());
            equal += u32::from(rotated.secret == *rotated.csrf.as_bytes());
            for (part, bytes) in
                [*token.id.as_bytes(), rotated.secret, *rotated.csrf.as_bytes()].into_iter().enumerate()
            {
                or[part] |= u128::from_be_bytes(bytes);
                and[part] &= u128::from_be_bytes(bytes);
            }
        }
        assert_eq!((or, and, equal), ([u128::MAX; 3], [0; 3], 0));
    }

    #[test]
    fn a_rotated_token_keeps_the_id_and_changes_the_secret() {
        let now = Timestamp::from_millis(0);
        let first = Token::new(Lifetime::new(), now);
        let second = Token::rotated(first.id, Lifetime::new(), now);
        assert_eq!(first.id, second.id);
        assert_ne!(first.hash(), second.hash());
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = Token::new(Lifetime::new(), Timestamp::from_millis(0));
        assert_eq!(format!("{token:?}"), format!("Token({}, ..)", token.id));
    }
}
