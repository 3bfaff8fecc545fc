//! The secret key that encrypts cookies: from an environment variable, a file, base64 or hexadecimal digits.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::hkdf::{self, HKDF_SHA256};

use crate::error::Error;
use crate::record::id::random_bytes;

/// The secret key that encrypts the cookies and the sealed values: at least 32 random bytes.
///
/// Keep it out of the repository: create one with `openssl rand -base64 32`, and read it with
/// [`from_env`](Self::from_env). All servers of one application need the same key. To change it, configure the new key
/// and keep the old one as a [fallback key](crate::SessionConfig::fallback_key) for the lifetime of a session.
///
/// ```
/// use session::SecretKey;
///
/// # let path = std::env::temp_dir().join(format!("session-example-{}.key", std::process::id()));
/// let key = SecretKey::from_file_or_new(&path)?; // created at the first start
/// assert_eq!(format!("{key:?}"), "SecretKey(..)");
///
/// assert!(SecretKey::from_hex("abcd").is_err()); // too short
/// assert!(SecretKey::from_hex(&"deadbeef".repeat(8)).is_err()); // not random
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone)]
pub struct SecretKey(Arc<[u8; 32]>);

impl SecretKey {
    /// The minimum length of a key, in bytes.
    pub const MIN_LEN: usize = 32;

    /// Creates a random key. When the process ends, all sessions that use the key are lost.
    ///
    /// # Panics
    ///
    /// If the operating system has no randomness.
    pub fn generate() -> Self {
        Self(Arc::new(random_bytes()))
    }

    /// Creates a key from at least [`MIN_LEN`](Self::MIN_LEN) random bytes.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): there are fewer bytes, or fewer than 12 different ones. Of random bytes, this
    /// happens with a probability below 2⁻⁸⁰.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < Self::MIN_LEN {
            let (len, min) = (bytes.len(), Self::MIN_LEN);
            return Err(Error::config(format!(
                "the secret key has {len} bytes, it needs at least {min}; {CREATE_KEY}"
            )));
        }
        let different = bytes.iter().collect::<BTreeSet<_>>().len();
        if different < MIN_DIFFERENT_BYTES {
            return Err(Error::config(format!(
                "the secret key has only {different} different byte values, so it is not random; {CREATE_KEY}"
            )));
        }
        Ok(Self(Arc::new(derive(bytes, &[b"session secret key"]))))
    }

    /// Creates a key from base64: standard or URL-safe, with or without padding.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the text is not base64, or the key is too short or not random.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        const ALPHABETS: [&GeneralPurpose; 4] = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
        let text = text.trim();
        let bytes = ALPHABETS.iter().find_map(|alphabet| alphabet.decode(text).ok());
        let min = Self::MIN_LEN;
        let not_base64 =
            || Error::config(format!("the secret key is not base64 of at least {min} bytes; {CREATE_KEY}"));
        Self::from_bytes(&bytes.ok_or_else(not_base64)?)
    }

    /// Creates a key from hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the text is not hexadecimal, or the key is too short or not random.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let min = Self::MIN_LEN;
        let not_hex =
            |_| Error::config(format!("the secret key is not hexadecimal of at least {min} bytes; {CREATE_KEY}"));
        Self::from_bytes(&hex::decode(text.trim()).map_err(not_hex)?)
    }

    /// Reads a key from a file with hexadecimal digits or base64. If the file does not exist, it is created with a random
    /// key and is readable only by its owner. For a single server that stores its key next to its data.
    ///
    /// If group or others may write the file, a warning is logged: they could replace the key by one that they know.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the file cannot be read or created, or does not contain a key, or the
    /// key is too short or not random.
    pub fn from_file_or_new(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |error: &dyn fmt::Display| Error::config(format!("the secret key in {}: {error}", path.display()));
        let text = read_or_create(path).map_err(|error| failed(&error))?;
        warn_if_others_may_write(path);
        Self::from_text(&text).map_err(|error| failed(&error))
    }

    fn from_text(text: &str) -> Result<Self, Error> {
        Self::from_hex(text).or_else(|_| Self::from_base64(text))
    }

    /// Reads a key from an environment variable with hexadecimal digits or base64.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the variable is not set, or does not contain a key of at least
    /// [`MIN_LEN`](Self::MIN_LEN) bytes, or the key is not random.
    pub fn from_env(variable: &str) -> Result<Self, Error> {
        let missing = |_| {
            let min = Self::MIN_LEN;
            Error::config(format!(
                "the environment variable `{variable}` is not set (or not Unicode); it needs a key of at least {min} \
                 bytes; {CREATE_KEY}"
            ))
        };
        let text = std::env::var(variable).map_err(missing)?;
        Self::from_text(&text).map_err(|error| Error::config(format!("the environment variable `{variable}`: {error}")))
    }

    /// Derives a key for one purpose.
    pub(crate) fn derive(&self, info: &[&[u8]]) -> [u8; 32] {
        derive(&*self.0, info)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Texts such as a repeated word have fewer different bytes. Of 32 random bytes, 30 are different on average.
const MIN_DIFFERENT_BYTES: usize = 12;

const CREATE_KEY: &str = "create one with `openssl rand -base64 32`";

/// Creates the file completely or not at all, also if several processes start at once or one of them is killed.
fn read_or_create(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", URL_SAFE_NO_PAD.encode(random_bytes::<9>())));
    let linked = write_draft(Path::new(&draft)).and_then(|()| std::fs::hard_link(&draft, path));
    // A draft that remains contains an unused key, unless it is the file itself.
    _ = std::fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::read_to_string(path),
    }
}

#[cfg(unix)]
fn warn_if_others_may_write(path: &Path) {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    let mode = std::fs::metadata(path).map(|metadata| std::os::unix::fs::MetadataExt::mode(&metadata));
    if mode.is_ok_and(|mode| mode & WRITABLE_BY_OTHERS != 0) {
        let path = path.display();
        tracing::warn!(%path, "other users may write the file of the secret key; run `chmod 600` on it");
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_write(_: &Path) {}

fn write_draft(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.write(true).create_new(true).open(path)?;
    file.write_all(STANDARD.encode(random_bytes::<32>()).as_bytes())?;
    file.sync_all()
}

/// HKDF-SHA256 (RFC 5869), without a salt, because the secret is random.
fn derive(secret: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut key = [0; 32];
    let pseudorandom = hkdf::Salt::new(HKDF_SHA256, &[]).extract(secret);
    let filled = pseudorandom.expand(info, HKDF_SHA256).and_then(|derived| derived.fill(&mut key));
    filled.expect("32 bytes are a valid length for HKDF");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_predictable_or_malformed_key_is_an_error_that_names_openssl() {
        for (result, part) in [
            (SecretKey::from_bytes(&[1; 31]), "31 bytes, it needs at least 32"),
            (SecretKey::from_bytes(&[0; 32]), "only 1 different byte values"),
            (SecretKey::from_hex(&"deadbeef".repeat(8)), "only 4 different byte values"),
            (SecretKey::from_hex(&"0123456789abcdef".repeat(4)), "only 8 different byte values"),
            (SecretKey::from_base64("passwordpasswordpasswordpasswordpasswordpass"), "only 6 different byte values"),
            // The key of an earlier version of the documentation.
            (SecretKey::from_base64("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="), "only 8 different byte values"),
            (SecretKey::from_base64("not base64!"), "not base64 of at least 32 bytes"),
            (SecretKey::from_hex("0g"), "not hexadecimal of at least 32 bytes"),
            (SecretKey::from_env("SESSION_TEST_NO_SUCH_VARIABLE"), "SESSION_TEST_NO_SUCH_VARIABLE"),
        ] {
            let error = result.unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("`openssl rand -base64 32`"), "{error}");
        }
    }

    #[test]
    fn a_key_file_is_created_once() {
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
    fn a_key_that_was_created_is_never_refused() {
        for _ in 0..1000 {
            SecretKey::from_bytes(&random_bytes::<32>()).unwrap();
        }
    }

    #[test]
    fn processes_that_start_together_use_the_same_new_key_file() {
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
}
