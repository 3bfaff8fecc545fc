//! Where the sessions are kept, and the key that seals the cookies.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use session::SecretKey;
use session::store::{MemoryStore, SessionStore, SqliteStore};

const KEY_VARIABLE: &str = "SHOP_SECRET_KEY";

pub enum Storage {
    Sqlite(PathBuf),
    Memory,
}

impl Storage {
    pub async fn open(&self) -> Result<(Box<dyn SessionStore>, SecretKey), String> {
        let store: Box<dyn SessionStore> = match self {
            Self::Sqlite(path) => {
                let store = open_sqlite(path).await;
                let failed = |error| format!("cannot keep sessions in {}: {}", path.display(), cause(&error));
                Box::new(store.map_err(failed)?)
            }
            Self::Memory => Box::new(MemoryStore::new()),
        };
        Ok((store, self.key()?))
    }

    /// A key that is kept, so that a restart of the shop keeps the sessions.
    fn key(&self) -> Result<SecretKey, String> {
        if std::env::var_os(KEY_VARIABLE).is_some() {
            return SecretKey::from_env(KEY_VARIABLE).map_err(|error| error.to_string());
        }
        match self {
            Self::Sqlite(path) => {
                SecretKey::from_file_or_new(path.with_extension("key")).map_err(|error| error.to_string())
            }
            Self::Memory => Ok(SecretKey::generate()),
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<SqliteStore, session::Error> {
    let store = SqliteStore::open(path).await?;
    store.migrate().await?;
    Ok(store)
}

/// What the database itself says.
fn cause(error: &session::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

impl FromStr for Storage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ if text == "memory:" => Ok(Self::Memory),
            _ => Err(format!("--store {text}: expected sqlite:PATH or memory:")),
        }
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sessions are kept in {}", path.display()),
            Self::Memory => f.write_str("sessions are kept in memory, until the shop stops"),
        }
    }
}
