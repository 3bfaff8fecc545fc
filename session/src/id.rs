//! A session's public id, and the secret half that proves who holds it.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::lifetime::Lifetime;
use crate::seal::Salt;
use crate::time::Timestamp;

/// A session's public id: 128 random bits, the same over the session's whole life and never used again.
///
/// It is fit for logs and admin pages: knowing it opens nothing. The proof is the token in the cookie, which holds a
/// secret besides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    /// The id with these 16 bytes, as a store kept them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes that a store keeps.
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

    /// Reads what `Display` writes: 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::config("a session id is 32 hexadecimal digits");
        let bytes = decode_hex(text).ok_or_else(malformed)?;
        bytes.try_into().map(Self).map_err(|_| malformed())
    }
}

/// Pairs of hexadecimal digits as bytes.
pub(crate) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// The SHA-256 of a token's secret: what the store keeps instead of the secret itself.
///
/// A plain hash is enough, since the secret has 128 random bits. Comparing two takes the same time whatever they hold.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    fn of(secret: &[u8; 16]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The hash with these 32 bytes, as a store kept them.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes that a store keeps.
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

/// What the session cookie seals: which record, the proof, and how long it may be believed.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) id: SessionId,
    secret: [u8; 16],
    hash: TokenHash,
    pub(crate) end: Timestamp,
    pub(crate) lifetime: Lifetime,
    /// For the one cookie that a new token is sealed in: drawn along with the secret, since each question to the system
    /// takes longer than the seal.
    salt: Option<Salt>,
}

impl Token {
    pub(crate) const LEN: usize = 16 + 16 + 8 + 8 + 8 + 1;

    /// A token for a record that does not exist yet.
    pub(crate) fn new(lifetime: Lifetime, now: Timestamp) -> Self {
        let drawn = random_bytes::<{ 16 + 16 + Salt::LEN }>();
        let (id, drawn) = cut(&drawn);
        Self::drawn(SessionId(id), drawn, lifetime, now)
    }

    /// A token that takes the place of another one of the same record.
    pub(crate) fn with_id(id: SessionId, lifetime: Lifetime, now: Timestamp) -> Self {
        Self::drawn(id, &random_bytes::<{ 16 + Salt::LEN }>(), lifetime, now)
    }

    fn drawn(id: SessionId, drawn: &[u8], lifetime: Lifetime, now: Timestamp) -> Self {
        let (secret, drawn) = cut(drawn);
        let (salt, _) = cut(drawn);
        let (hash, end) = (TokenHash::of(&secret), lifetime.limits(now).end);
        Self { id, secret, hash, end, lifetime, salt: Some(Salt::from_bytes(salt)) }
    }

    pub(crate) fn hash(&self) -> TokenHash {
        self.hash
    }

    /// What its cookie is sealed with.
    pub(crate) fn salt(&self) -> Salt {
        self.salt.unwrap_or_else(Salt::random)
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let millis = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let mut bytes = [0; Self::LEN];
        bytes[..16].copy_from_slice(self.id.as_bytes());
        bytes[16..32].copy_from_slice(&self.secret);
        bytes[32..40].copy_from_slice(&self.end.as_millis().to_be_bytes());
        bytes[40..48].copy_from_slice(&millis(self.lifetime.idle).to_be_bytes());
        bytes[48..56].copy_from_slice(&millis(self.lifetime.absolute).to_be_bytes());
        bytes[56] = u8::from(self.lifetime.persistent);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let number = |range: std::ops::Range<usize>| bytes[range].try_into().map(u64::from_be_bytes).ok();
        let duration = |range| number(range).map(std::time::Duration::from_millis);
        let secret = bytes[16..32].try_into().ok()?;
        Some(Self {
            id: SessionId(bytes[..16].try_into().ok()?),
            secret,
            hash: TokenHash::of(&secret),
            salt: None,
            end: Timestamp::from_millis(number(32..40)?.cast_signed()),
            lifetime: Lifetime { idle: duration(40..48)?, absolute: duration(48..56)?, persistent: bytes[56] == 1 },
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, ..)", self.id)
    }
}

/// On what ground a request speaks for a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Claim {
    /// The browser's token: it must be the record's current one.
    Token(Token),
    /// The application's word: a job, a webhook or an admin page names the session.
    Id(SessionId),
}

impl Claim {
    pub(crate) fn id(&self) -> SessionId {
        match self {
            Self::Token(token) => token.id,
            Self::Id(id) => *id,
        }
    }

    pub(crate) fn hash(&self) -> Option<TokenHash> {
        match self {
            Self::Token(token) => Some(token.hash()),
            Self::Id(_) => None,
        }
    }

    pub(crate) fn lifetime(&self) -> Option<Lifetime> {
        match self {
            Self::Token(token) => Some(token.lifetime),
            Self::Id(_) => None,
        }
    }
}

/// The first bytes of what was drawn, and the rest.
fn cut<const N: usize>(drawn: &[u8]) -> ([u8; N], &[u8]) {
    let (first, rest) = drawn.split_first_chunk().expect("enough was drawn");
    (*first, rest)
}

/// Bytes from the operating system's generator.
///
/// # Panics
///
/// If the system has no randomness to give: no session can be made safely then.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has no randomness to give");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_it_was_written() {
        let lifetime = Lifetime::new().until_browser_closes();
        let token = Token::new(lifetime, Timestamp::from_millis(1_700_000_000_123));
        let read = Token::from_bytes(&token.to_bytes()).unwrap();
        assert_eq!((read.id, read.secret, read.end), (token.id, token.secret, token.end));
        assert_eq!(read.lifetime, lifetime);
        assert_eq!(read.hash(), token.hash());
    }

    /// By chance, a bit is the same in all of them once in 2^255.
    #[test]
    fn every_bit_of_id_and_secret_is_drawn() {
        let (mut or, mut and, mut equal) = ([0; 2], [u128::MAX; 2], 0);
        for _ in 0..256 {
            let token = Token::new(Lifetime::new(), Timestamp::from_millis(0));
            let rotated = Token::with_id(token.id, Lifetime::new(), Timestamp::from_millis(0));
            equal += u32::from(token.secret == rotated.secret || token.secret == token.id.0);
            for (part, bytes) in [token.id.0, rotated.secret].into_iter().enumerate() {
                or[part] |= u128::from_be_bytes(bytes);
                and[part] &= u128::from_be_bytes(bytes);
            }
        }
        assert_eq!((or, and, equal), ([u128::MAX; 2], [0; 2], 0));
    }

    #[test]
    fn a_rotated_token_keeps_the_id_and_changes_the_secret() {
        let now = Timestamp::from_millis(0);
        let first = Token::new(Lifetime::new(), now);
        let second = Token::with_id(first.id, Lifetime::new(), now);
        assert_eq!(first.id, second.id);
        assert_ne!(first.hash(), second.hash());
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = Token::new(Lifetime::new(), Timestamp::from_millis(0));
        assert_eq!(format!("{token:?}"), format!("Token({}, ..)", token.id));
        assert_eq!(format!("{:?}", token.hash()), "TokenHash(..)");
    }

    #[test]
    fn an_id_reads_back_from_what_it_prints() {
        let id = SessionId::random();
        assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
        for wrong in ["", "00", "zz", &"0".repeat(31), &"0".repeat(33), &"é".repeat(16)] {
            assert!(wrong.parse::<SessionId>().is_err(), "{wrong:?}");
        }
    }
}
