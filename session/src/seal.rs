//! The key that seals cookies, and the seal: authenticated encryption that binds what a cookie is for.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{self, HKDF_SHA256};

use crate::error::Error;
use crate::id::{decode_hex, random_bytes};

/// The key that seals the cookies, at least 32 bytes of randomness.
///
/// Keep it out of the repository: make one with `openssl rand -base64 32` and read it with [`from_env`](Self::from_env).
/// All servers of one application need the same key. To replace it, make the new one the key and keep the old one as a
/// [fallback](crate::SessionConfig::fallback_key) for as long as a session lives.
///
/// ```
/// use session::SecretKey;
///
/// let key = SecretKey::from_base64("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=")?;
/// assert!(SecretKey::from_hex("abcd").is_err()); // too short
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone)]
pub struct SecretKey(Arc<[u8; 32]>);

impl SecretKey {
    /// The least a key may have, in bytes.
    pub const MIN_LEN: usize = 32;

    /// A new random key. Sessions sealed with it end when the process does, unless it is kept somewhere.
    ///
    /// # Panics
    ///
    /// If the operating system has no randomness to give.
    pub fn generate() -> Self {
        Self(Arc::new(random_bytes()))
    }

    /// A key from at least [`MIN_LEN`](Self::MIN_LEN) random bytes.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): there are fewer bytes, or they are all the same.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < Self::MIN_LEN {
            return Err(Error::config(format!(
                "the secret key has {} bytes; it needs at least {}, from a random source",
                bytes.len(),
                Self::MIN_LEN
            )));
        }
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(Error::config("the secret key is one byte repeated; it needs 32 bytes from a random source"));
        }
        Ok(Self(Arc::new(derive(bytes, &[b"session secret key"]))))
    }

    /// A key from base64, standard or URL-safe, padded or not.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the text is not base64, or the key is too short.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        const ALPHABETS: [&GeneralPurpose; 4] = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
        let text = text.trim();
        let bytes = ALPHABETS.iter().find_map(|alphabet| alphabet.decode(text).ok());
        Self::from_bytes(&bytes.ok_or_else(|| Error::config("the secret key is not base64"))?)
    }

    /// A key from hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the text is not hexadecimal, or the key is too short.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let bytes = decode_hex(text.trim());
        Self::from_bytes(&bytes.ok_or_else(|| Error::config("the secret key is not hexadecimal"))?)
    }

    /// The key that a file holds as hexadecimal digits or base64. If there is no such file, a new random key is written
    /// to it, readable for its owner alone: for a server that keeps its key beside its data.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the file cannot be read or created, or does not hold a key.
    pub fn from_file_or_new(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |error: &dyn fmt::Display| Error::config(format!("the secret key in {}: {error}", path.display()));
        let text = read_or_create(path).map_err(|error| failed(&error))?;
        Self::from_text(&text).map_err(|error| failed(&error))
    }

    fn from_text(text: &str) -> Result<Self, Error> {
        Self::from_hex(text).or_else(|_| Self::from_base64(text))
    }

    /// A key from an environment variable that holds it as hexadecimal digits or base64.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the variable is not set, or does not hold a key.
    pub fn from_env(variable: &str) -> Result<Self, Error> {
        let text = std::env::var(variable)
            .map_err(|_| Error::config(format!("the environment variable `{variable}` is not set (or not Unicode)")))?;
        Self::from_text(&text).map_err(|error| Error::config(format!("the environment variable `{variable}`: {error}")))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// A file that is made is there with its whole text or not at all, whoever else makes it, and whatever ends us.
fn read_or_create(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", URL_SAFE_NO_PAD.encode(random_bytes::<9>())));
    let linked = write_draft(Path::new(&draft)).and_then(|()| std::fs::hard_link(&draft, path));
    // A draft that cannot be removed is no harm: it holds a key that nobody uses, unless it is the file itself.
    _ = std::fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::read_to_string(path),
    }
}

fn write_draft(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.write(true).create_new(true).open(path)?;
    file.write_all(STANDARD.encode(random_bytes::<32>()).as_bytes())?;
    file.sync_all()
}

/// HKDF-SHA256 (RFC 5869), without a salt: the secret is random.
fn derive(secret: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut key = [0; 32];
    let pseudorandom = hkdf::Salt::new(HKDF_SHA256, &[]).extract(secret);
    let filled = pseudorandom.expand(info, HKDF_SHA256).and_then(|derived| derived.fill(&mut key));
    filled.expect("32 bytes are a valid length for HKDF");
    key
}

/// What a sealed text is for: the seal of one purpose does not open for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Session,
    State,
}

/// Which cipher seals a text, and its nonce: random, and for one text.
#[derive(Clone, Copy)]
pub(crate) struct Salt([u8; Self::LEN]);

impl Salt {
    pub(crate) const LEN: usize = 1 + 12;

    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    pub(crate) fn from_bytes(random: [u8; Self::LEN]) -> Self {
        Self(random)
    }
}

/// Seals and opens the cookies of one name. The ciphers are scheduled once, when it is made.
///
/// AES-256-GCM with random nonces may seal 2^32 texts with one key (NIST SP 800-38D, 8.3). Each secret key is therefore
/// spread over 256 ciphers, of which a seal takes one at random: 2^36 cookies keep the odds that a nonce ever repeats
/// below 2^-32, and that is a thousand sign-ins a second for two years.
pub(crate) struct Sealer {
    /// Of each secret key.
    ciphers: Vec<Vec<LessSafeKey>>,
    session: Vec<u8>,
    state: Vec<u8>,
}

impl Sealer {
    const HEAD: usize = Salt::LEN;
    const TAG: usize = 16;

    /// The first key seals; every key opens.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a SecretKey>, name: &str) -> Self {
        let cipher = |key: &SecretKey, index| {
            let key = derive(&*key.0, &[b"session cookie", &[index]]);
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key of AES-256"))
        };
        let ciphers = |key| (0..=u8::MAX).map(|index| cipher(key, index)).collect();
        let bind = |purpose: &str| format!("session/1/{purpose}/{name}").into_bytes();
        Self { ciphers: keys.into_iter().map(ciphers).collect(), session: bind("session"), state: bind("state") }
    }

    fn binding(&self, purpose: Purpose) -> Aad<&[u8]> {
        Aad::from(match purpose {
            Purpose::Session => &self.session,
            Purpose::State => &self.state,
        })
    }

    /// The length of the text that [`seal`](Self::seal) makes of `len` bytes.
    pub(crate) const fn sealed_len(len: usize) -> usize {
        ((Self::HEAD + len + Self::TAG) * 4).div_ceil(3)
    }

    pub(crate) fn seal(&self, purpose: Purpose, plain: &[u8], Salt(head): Salt) -> String {
        let [index, nonce @ ..] = head;
        let (cipher, nonce) = (&self.ciphers[0][usize::from(index)], Nonce::assume_unique_for_key(nonce));
        let mut sealed = Vec::with_capacity(Self::HEAD + plain.len() + Self::TAG);
        sealed.extend_from_slice(&head);
        sealed.extend_from_slice(plain);
        let tag = cipher
            .seal_in_place_separate_tag(nonce, self.binding(purpose), &mut sealed[Self::HEAD..])
            .expect("a cookie is within AES-GCM's limits");
        sealed.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// What `read` makes of the plain text, if the seal is ours.
    pub(crate) fn open<T>(&self, purpose: Purpose, text: &str, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let ([index, nonce @ ..], sealed) = bytes.split_first_chunk_mut::<{ Self::HEAD }>()?;
        let (index, binding) = (usize::from(*index), self.binding(purpose));
        let nonce = || Nonce::assume_unique_for_key(*nonce);
        // A key that fails leaves nothing of the text to the next one; behind the last key there is none.
        let (last, others) = self.ciphers.split_last()?;
        for ciphers in others {
            let mut copy = sealed.to_vec();
            if let Ok(plain) = ciphers[index].open_in_place(nonce(), binding, &mut copy) {
                return read(plain);
            }
        }
        last[index].open_in_place(nonce(), binding, sealed).ok().and_then(|plain| read(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a reader may refuse")]
    fn same(plain: &[u8]) -> Option<Vec<u8>> {
        Some(plain.to_vec())
    }

    #[test]
    fn a_key_that_is_short_uniform_or_garbled_is_refused() {
        for (result, part) in [
            (SecretKey::from_bytes(&[1; 31]), "31 bytes"),
            (SecretKey::from_bytes(&[0; 32]), "one byte repeated"),
            (SecretKey::from_base64("not base64!"), "not base64"),
            (SecretKey::from_hex("0g"), "not hexadecimal"),
            (SecretKey::from_env("SESSION_TEST_NO_SUCH_VARIABLE"), "SESSION_TEST_NO_SUCH_VARIABLE"),
        ] {
            assert!(result.unwrap_err().to_string().contains(part), "{part}");
        }
    }

    #[test]
    fn a_key_in_a_file_is_made_once_and_kept() {
        let folder = std::env::temp_dir().join(format!("session-key-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("secret.key");
        let keys = [(); 2].map(|()| SecretKey::from_file_or_new(&path).unwrap());
        assert_eq!(keys[0].0, keys[1].0);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap()) & 0o777, 0o600);
        std::fs::write(&path, "garbled").unwrap();
        let error = SecretKey::from_file_or_new(&path).unwrap_err().to_string();
        assert!(error.contains("secret.key") && !error.contains("garbled"), "{error}");
        assert!(SecretKey::from_file_or_new(&folder).is_err(), "a folder is no key");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn processes_that_start_at_once_agree_on_the_key_of_a_new_file() {
        let folder = std::env::temp_dir().join(format!("session-key-race-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for round in 0..50 {
            let path = folder.join(round.to_string());
            let barrier = std::sync::Barrier::new(4);
            let start = || {
                barrier.wait();
                SecretKey::from_file_or_new(&path).unwrap().0
            };
            let keys = std::thread::scope(|scope| [(); 4].map(|()| scope.spawn(start)).map(|one| one.join().unwrap()));
            assert!(keys.iter().all(|key| *key == keys[0]));
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 50, "no draft is left");
        std::fs::remove_dir_all(&folder).unwrap();
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
        let sealed = Sealer::new([&keys[0]], "id").seal(Purpose::State, b"text", Salt::random());
        for key in &keys {
            assert_eq!(Sealer::new([key], "id").open(Purpose::State, &sealed, same).unwrap(), b"text");
        }
    }

    #[test]
    fn a_seal_opens_only_for_its_purpose_its_name_and_its_keys() {
        let (old, new) = (SecretKey::generate(), SecretKey::generate());
        let sealed = Sealer::new([&old], "id").seal(Purpose::Session, b"token", Salt::random());
        let opens = |sealer: Sealer, purpose| sealer.open(purpose, &sealed, same).is_some();
        assert!(opens(Sealer::new([&old], "id"), Purpose::Session));
        assert!(opens(Sealer::new([&new, &old], "id"), Purpose::Session), "a fallback key");
        assert!(!opens(Sealer::new([&new], "id"), Purpose::Session), "another key");
        assert!(!opens(Sealer::new([&old], "id"), Purpose::State), "another purpose");
        assert!(!opens(Sealer::new([&old], "__Host-id"), Purpose::Session), "another name");
    }

    #[test]
    fn a_seal_of_another_version_does_not_open() {
        let key = SecretKey::generate();
        let (now, mut next) = (Sealer::new([&key], "id"), Sealer::new([&key], "id"));
        next.session = String::from_utf8(next.session).unwrap().replace("session/1/", "session/2/").into_bytes();
        let sealed = [&now, &next].map(|sealer| sealer.seal(Purpose::Session, b"token", Salt::random()));
        for (sealer, opens) in [(&now, [true, false]), (&next, [false, true])] {
            assert_eq!(sealed.each_ref().map(|text| sealer.open(Purpose::Session, text, same).is_some()), opens);
        }
    }

    #[test]
    fn a_text_changed_anywhere_does_not_open() {
        let sealer = Sealer::new([&SecretKey::generate()], "id");
        let text = sealer.seal(Purpose::State, b"{\"theme\":\"dark\"}", Salt::random());
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(sealer.open(Purpose::State, &forged, same).is_none(), "byte {at}");
            assert!(sealer.open(Purpose::State, &text[..at], same).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_sealed_length_is_known_beforehand() {
        let sealer = Sealer::new([&SecretKey::generate()], "id");
        for len in [0, 1, 2, 3, 57, 1000] {
            assert_eq!(sealer.seal(Purpose::State, &vec![7; len], Salt::random()).len(), Sealer::sealed_len(len));
        }
    }
}
