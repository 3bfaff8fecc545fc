//! The key that seals the cookies: kept, so that a restart keeps the sessions, and shared by the shops of one server.

use std::path::PathBuf;

use session::SecretKey;

use crate::storage::Storage;

const VARIABLE: &str = "SHOP_SECRET_KEY";

pub enum Key {
    File(PathBuf),
    Variable,
    New,
}

impl Key {
    /// The file that `--key` names, or the variable, or what suits the store.
    pub fn choose(file: Option<PathBuf>, storage: &Storage) -> Result<Self, String> {
        if let Some(file) = file {
            return Ok(Self::File(file));
        }
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(Self::Variable);
        }
        match storage {
            Storage::Sqlite(path) => Ok(Self::File(path.with_extension("key"))),
            Storage::Memory => Ok(Self::New),
            Storage::Postgres(_) | Storage::MySql(_) | Storage::Redis(_) => Err(format!(
                "the shops on one server need one key: set {VARIABLE} (openssl rand -base64 32), or pass --key FILE"
            )),
        }
    }

    pub fn read(&self) -> Result<SecretKey, String> {
        let key = match self {
            Self::File(path) => SecretKey::from_file_or_new(path),
            Self::Variable => SecretKey::from_env(VARIABLE),
            Self::New => Ok(SecretKey::generate()),
        };
        key.map_err(|error| error.to_string())
    }
}
