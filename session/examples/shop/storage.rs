//! Where the sessions are kept.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use session::store::{MemoryStore, MySqlStore, PostgresStore, RedisStore, SessionStore, SqliteStore};

const WAYS: &str = "sqlite:PATH, postgres://…, mysql://…, redis://… or memory: (--help shows them)";

pub enum Storage {
    Memory,
    Sqlite(PathBuf),
    Postgres(Server),
    MySql(Server),
    Redis(Server),
}

impl Storage {
    pub async fn open(&self) -> Result<Box<dyn SessionStore>, String> {
        self.connect().await.map_err(|error| format!("cannot keep sessions in {self}: {}", cause(&error)))
    }

    async fn connect(&self) -> Result<Box<dyn SessionStore>, session::Error> {
        Ok(match self {
            Self::Memory => Box::new(MemoryStore::new()),
            Self::Sqlite(path) => {
                let store = SqliteStore::open(path).await?;
                store.migrate().await?;
                Box::new(store)
            }
            Self::Postgres(Server { url }) => {
                let store = PostgresStore::connect(url).await?;
                store.migrate().await?;
                Box::new(store)
            }
            Self::MySql(Server { url }) => {
                let store = MySqlStore::connect(url).await?;
                store.migrate().await?;
                Box::new(store)
            }
            Self::Redis(Server { url }) => Box::new(RedisStore::connect(url).await?),
        })
    }
}

/// What the database itself says.
fn cause(error: &session::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

impl FromStr for Storage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| format!("--store takes {WAYS}"))?;
        let server = || match rest.strip_prefix("//") {
            Some(address) if !address.is_empty() => Ok(Server { url: text.to_owned() }),
            _ => Err(format!("--store {scheme}: lacks its server: {scheme}://HOST/… (--help shows how)")),
        };
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "sqlite" if rest.is_empty() => Err("--store sqlite: lacks its file, such as sqlite:shop.db".into()),
            "sqlite" => Ok(Self::Sqlite(rest.into())),
            "postgres" | "postgresql" => server().map(Self::Postgres),
            "mysql" | "mariadb" => server().map(Self::MySql),
            "redis" | "rediss" => server().map(Self::Redis),
            // The rest may hold a password, and is not repeated.
            _ => Err(format!("--store cannot be {scheme}:…, only {WAYS}")),
        }
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory, until the shop stops"),
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(server) | Self::MySql(server) | Self::Redis(server) => server.fmt(f),
        }
    }
}

/// A server's address. It may hold a password, and so it shows its scheme and its host alone.
pub struct Server {
    url: String,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.url.split_once("://").unwrap_or_default();
        match host(rest) {
            Some(host) => write!(f, "{scheme}://{host}"),
            None => write!(f, "{scheme}://…"),
        }
    }
}

/// What is the host beyond doubt: in an address that is not quite a URL, a part of a password may stand in its place.
fn host(address: &str) -> Option<&str> {
    let (authority, path) = address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let has_port = match host.rsplit_once(':') {
        Some((name, port)) => is_port(port) || name.starts_with('['),
        None => true,
    };
    let is_name = host.chars().all(|char| char.is_ascii_alphanumeric() || "-._:[]".contains(char));
    (!host.is_empty() && has_port && is_name && !path.contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match text.parse::<Storage>() {
            Ok(storage) => storage.to_string(),
            Err(message) => message,
        }
    }

    #[test]
    fn a_server_is_shown_by_its_scheme_and_host() {
        for (url, expected) in [
            ("postgres://shop:secret@db.internal:5432/shop?sslmode=verify-full", "postgres://db.internal:5432"),
            ("mysql://shop:secret@127.0.0.1/shop", "mysql://127.0.0.1"),
            ("redis://:secret@[::1]:6379/0", "redis://[::1]:6379"),
            ("redis://one:7000,redis://two:7000", "redis://…"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }

    #[test]
    fn no_spelling_of_an_address_shows_its_password() {
        for url in [
            "postgres://shop:secret@host/shop",
            "postgres://shop:secret/@host/shop",
            "postgres://shop:sec#secret@host/shop",
            "postgres://shop:s@secret?@host/shop",
            "postgres://shop:secret",
            "postgres://host/shop?password=secret",
            "postgres://host/shop?password=a@secret",
            "redis://:a,secret@host",
            "redis://:secret@one,redis://:secret@two",
            "postgres:shop:secret@host",
            "mongodb://shop:secret@host",
        ] {
            assert!(!shown(url).contains("secret"), "{url}: {}", shown(url));
        }
    }

    #[test]
    fn what_is_no_store_is_told_the_way_out() {
        for (text, part) in [
            ("", "--store takes sqlite:PATH"),
            ("shop.db", "--store takes sqlite:PATH"),
            ("sqlite:", "such as sqlite:shop.db"),
            ("postgres:", "postgres://HOST"),
            ("redis://", "redis://HOST"),
            ("memory:shop", "only sqlite:PATH"),
            ("mongodb://host", "only sqlite:PATH"),
        ] {
            let message = text.parse::<Storage>().err().unwrap_or_else(|| panic!("{text} is a store"));
            assert!(message.contains(part) && !message.contains('\n'), "{text}: {message}");
        }
    }
}
