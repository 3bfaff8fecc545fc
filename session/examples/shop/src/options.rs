//! The command-line options: the address, the store, and the key that encrypts the cookies.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;
use session::SecretKey;

use crate::storage::Storage;

pub const HELP: &str = "\
An example shop for the `session` crate.

Usage: cargo run --example shop -- [--addr HOST:PORT] [--https] [--store STORE] [--key FILE]

  --addr   address to listen on; port 0 selects a free port    (default: 127.0.0.1:3000)
  --https  a proxy in front of the shop provides HTTPS: cookies are `Secure`.
           Without it, they are `Secure` on every address except loopback.
  --store  where sessions are stored                           (default: sqlite:shop.db)
  --key    file with the key that encrypts the cookies; created if it does not exist
  --help   print this help

Stores:

  sqlite:PATH                               a SQLite file
  memory:                                   lost when the shop stops

With a cargo feature, as in `cargo run --example shop --features postgres -- --store …`:

  postgres://USER:PASSWORD@HOST/DATABASE    PostgreSQL; --features postgres
  mysql://USER:PASSWORD@HOST/DATABASE       MariaDB or MySQL; --features mysql
  redis://HOST                              Redis, or a node of a Redis Cluster; --features redis

Instead of a file, SHOP_SECRET_KEY can contain the key in base64 or hexadecimal.
Without both, the key is stored next to the SQLite file: shop.key for shop.db.
On a database server, one of the two is required, because all shops on it need the same key.";

const KEY_VARIABLE: &str = "SHOP_SECRET_KEY";

pub struct Options {
    pub addr: String,
    pub https: bool,
    pub store: Storage,
    pub key: KeySource,
}

/// Where the key that encrypts the cookies comes from.
pub enum KeySource {
    File(PathBuf),
    Environment,
    Random,
}

impl Options {
    /// Returns `None` for `--help`.
    pub fn parse(mut parser: lexopt::Parser) -> anyhow::Result<Option<Self>> {
        let (mut addr, mut store, mut key_file) = ("127.0.0.1:3000".to_owned(), "sqlite:shop.db".to_owned(), None);
        let mut https = false;
        while let Some(arg) = parser.next()? {
            match arg {
                Long("addr") => addr = parser.value()?.string()?,
                Long("https") => https = true,
                Long("store") => store = parser.value()?.string()?,
                Long("key") => key_file = Some(PathBuf::from(parser.value()?)),
                Long("help") | Short('h') => return Ok(None),
                // The message does not contain the value, which may be a URL with a password.
                Value(_) => bail!("a value without an option; see --help"),
                option => return Err(anyhow!("{}; see --help", option.unexpected())),
            }
        }
        let store = store.parse()?;
        let key = KeySource::choose(key_file, &store)?;
        Ok(Some(Self { addr, https, store, key }))
    }
}

impl KeySource {
    /// The file of `--key`, or else the environment variable, or else a default that depends on the store.
    fn choose(file: Option<PathBuf>, store: &Storage) -> anyhow::Result<Self> {
        if let Some(file) = file {
            return Ok(Self::File(file));
        }
        if std::env::var_os(KEY_VARIABLE).is_some() {
            return Ok(Self::Environment);
        }
        match store {
            Storage::Sqlite(path) => Ok(Self::File(path.with_extension("key"))),
            Storage::Memory => Ok(Self::Random),
            Storage::Server(..) => bail!(
                "all shops on one server need the same key: set {KEY_VARIABLE}=$(openssl rand -base64 32) or pass --key FILE"
            ),
        }
    }

    pub fn load(&self) -> anyhow::Result<SecretKey> {
        let key = match self {
            Self::File(path) => SecretKey::from_file_or_new(path),
            Self::Environment => SecretKey::from_env(KEY_VARIABLE),
            Self::Random => Ok(SecretKey::generate()),
        };
        key.context("failed to load the key for the cookies")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> anyhow::Result<Option<Options>> {
        Options::parse(lexopt::Parser::from_args(line.split(' ')))
    }

    #[test]
    fn values_follow_a_space_or_an_equals_sign() {
        for line in ["--addr [::1]:0 --key a.key --store memory:", "--addr=[::1]:0 --key=a.key --store=memory:"] {
            let options = parse(line).unwrap().expect("the line does not contain --help");
            assert_eq!(options.addr, "[::1]:0");
            assert!(matches!(options.store, Storage::Memory));
            assert!(matches!(options.key, KeySource::File(path) if path == *"a.key"));
        }
    }

    #[test]
    fn an_error_names_the_option_and_never_contains_a_password() {
        for (line, expected) in [
            ("--store", "--store"),
            ("--store=", "--store"),
            ("--stor=redis://:secret@host", "--stor"),
            ("--store mongodb://:secret@host", "--store"),
            ("redis://:secret@host", "--help"),
            ("-x", "-x"),
        ] {
            let error = parse(line).err().unwrap_or_else(|| panic!("{line} is accepted")).to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{line}: {error}");
            assert!(!error.contains("secret"), "{line}: {error}");
        }
    }

    #[test]
    fn help_works_with_other_options() {
        assert!(matches!(parse("--store redis://host --help"), Ok(None)));
    }
}
