//! AES-256-GCM with the application's secret keys: many ciphers for each key, random nonces, associated data.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::config::secret_key::SecretKey;
use crate::record::id::random_bytes;

/// A random cipher index and a random nonce, for one encryption only.
#[derive(Clone, Copy)]
pub(crate) struct NonceSeed([u8; Self::LEN]);

impl NonceSeed {
    pub(crate) const LEN: usize = 1 + 12;

    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    pub(crate) fn from_bytes(random: [u8; Self::LEN]) -> Self {
        Self(random)
    }
}

/// A decrypted text.
pub(crate) struct Decrypted<T> {
    pub(crate) value: T,
    /// The index of the key: 0 for the first key, which encrypts.
    pub(crate) key: usize,
}

/// The ciphers of one purpose, for each secret key. They are prepared once.
///
/// AES-256-GCM with random nonces may encrypt 2^32 texts with one key (NIST SP 800-38D, 8.3). Each secret key is
/// therefore expanded to 256 ciphers, and each encryption uses a random one. After 2^36 texts (a thousand logins per
/// second for two years) the probability of nonce reuse is below 2^-32.
pub(super) struct CipherSet {
    /// 256 ciphers for each secret key.
    ciphers: Vec<Vec<LessSafeKey>>,
}

impl CipherSet {
    const SEED: usize = NonceSeed::LEN;
    const TAG: usize = 16;

    /// The first key encrypts. Every key decrypts. Sets of different purposes have different ciphers.
    pub(super) fn new<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, purpose: &[u8]) -> Self {
        let cipher = |key: &SecretKey, index| {
            let key = key.derive(&[purpose, &[index]]);
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a valid AES-256 key"))
        };
        let ciphers = |key| (0..=u8::MAX).map(|index| cipher(key, index)).collect();
        Self { ciphers: keys.into_iter().map(ciphers).collect() }
    }

    /// Returns the length of the encrypted text for `len` bytes.
    pub(super) const fn encrypted_len(len: usize) -> usize {
        ((Self::SEED + len + Self::TAG) * 4).div_ceil(3)
    }

    pub(super) fn encrypt(&self, context: &[u8], plain: &[u8], NonceSeed(seed): NonceSeed) -> String {
        let [index, nonce @ ..] = seed;
        let (cipher, nonce) = (&self.ciphers[0][usize::from(index)], Nonce::assume_unique_for_key(nonce));
        let mut encrypted = Vec::with_capacity(Self::SEED + plain.len() + Self::TAG);
        encrypted.extend_from_slice(&seed);
        encrypted.extend_from_slice(plain);
        let tag = cipher
            .seal_in_place_separate_tag(nonce, Aad::from(context), &mut encrypted[Self::SEED..])
            .expect("the text is within AES-GCM's limits");
        encrypted.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(encrypted)
    }

    /// Decrypts a text and decodes it. Returns `None` if no key decrypts it.
    pub(super) fn decrypt<T>(
        &self,
        context: &[u8],
        text: &str,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<Decrypted<T>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let ([index, nonce @ ..], encrypted) = bytes.split_first_chunk_mut::<{ Self::SEED }>()?;
        let (index, context) = (usize::from(*index), Aad::from(context));
        let nonce = || Nonce::assume_unique_for_key(*nonce);
        let decrypted = |plain: &[u8], key| decode(plain).map(|value| Decrypted { value, key });
        // A key that fails destroys its input, so every key except the last one works on a copy.
        let (last, others) = self.ciphers.split_last()?;
        for (key, ciphers) in others.iter().enumerate() {
            let mut copy = encrypted.to_vec();
            if let Ok(plain) = ciphers[index].open_in_place(nonce(), context, &mut copy) {
                return decrypted(plain, key);
            }
        }
        last[index].open_in_place(nonce(), context, encrypted).ok().and_then(|plain| decrypted(plain, others.len()))
    }
}
