//! The stores that `--store` can select: parsing, connecting, and printing without the password.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail};
#[cfg(feature = "mysql")]
use session::store::MySqlStore;
#[cfg(feature = "postgres")]
use session::store::PostgresStore;
#[cfg(feature = "redis")]
use session::store::RedisStore;
use session::store::{MemoryStore, SessionStore, SqliteStore};

const FORMS: &str = "sqlite:PATH, postgres://…, mysql://…, redis://… or memory: (see --help)";

pub enum Storage {
    Memory,
    Sqlite(PathBuf),
    Server(Server, ServerUrl),
}

/// A database server. Its store is part of the shop only with its cargo feature.
#[derive(Clone, Copy)]
pub enum Server {
    Postgres,
    MySql,
    Redis,
}

impl Storage {
    pub async fn open(&self) -> anyhow::Result<Box<dyn SessionStore>> {
        self.connect().await.with_context(|| format!("failed to open the store {self}"))
    }

    async fn connect(&self) -> anyhow::Result<Box<dyn SessionStore>> {
        match self {
            Self::Memory => Ok(Box::new(MemoryStore::new())),
            Self::Sqlite(path) => {
                let store = SqliteStore::open(path).await?;
                store.migrate().await?;
                Ok(Box::new(store))
            }
            #[cfg(feature = "postgres")]
            Self::Server(Server::Postgres, ServerUrl(url)) => {
                let store = PostgresStore::connect(url).await?;
                store.migrate().await?;
                Ok(Box::new(store))
            }
            #[cfg(feature = "mysql")]
            Self::Server(Server::MySql, ServerUrl(url)) => {
                let store = MySqlStore::connect(url).await?;
                store.migrate().await?;
                Ok(Box::new(store))
            }
            #[cfg(feature = "redis")]
            Self::Server(Server::Redis, ServerUrl(url)) => Ok(Box::new(RedisStore::connect(url).await?)),
            #[allow(unreachable_patterns, reason = "with all features, every server has its arm")]
            Self::Server(server, _) => {
                let feature = server.feature();
                bail!("built without this store; use `cargo run --example shop --features {feature} -- …`")
            }
        }
    }
}

impl Server {
    fn feature(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::Redis => "redis",
        }
    }
}

impl FromStr for Storage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| anyhow!("--store must be {FORMS}"))?;
        let server = |server| match rest.strip_prefix("//") {
            Some(address) if !address.is_empty() => Ok(Self::Server(server, ServerUrl(text.to_owned()))),
            _ => Err(anyhow!("--store {scheme}: needs a server, as in {scheme}://HOST/… (see --help)")),
        };
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "sqlite" if rest.is_empty() => bail!("--store sqlite: needs a file, as in sqlite:shop.db"),
            "sqlite" => Ok(Self::Sqlite(rest.into())),
            "postgres" | "postgresql" => server(Server::Postgres),
            "mysql" | "mariadb" => server(Server::MySql),
            "redis" | "rediss" => server(Server::Redis),
            // The message does not contain the rest, which may be a password.
            _ => bail!("--store {scheme}:… is not supported; it must be {FORMS}"),
        }
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory (lost when the shop stops)"),
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Server(_, url) => url.fmt(f),
        }
    }
}

/// The URL of a database server. `Display` shows only the scheme and the host, because the URL may contain a password.
pub struct ServerUrl(String);

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        match host(rest) {
            Some(host) => write!(f, "{scheme}://{host}"),
            None => write!(f, "{scheme}://…"),
        }
    }
}

/// Returns the host of an address, or `None` if the address is malformed: the host could then be part of a password.
fn host(address: &str) -> Option<&str> {
    let (authority, path) = address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let has_valid_port = match host.rsplit_once(':') {
        Some((name, port)) => is_port(port) || name.starts_with('['),
        None => true,
    };
    let is_name = host.chars().all(|char| char.is_ascii_alphanumeric() || "-._:[]".contains(char));
    (!host.is_empty() && has_valid_port && is_name && !path.contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that a user sees for this value of `--store`.
    fn shown(text: &str) -> String {
        text.parse::<Storage>().map_or_else(|error| error.to_string(), |storage| storage.to_string())
    }

    #[test]
    fn a_server_is_shown_by_scheme_and_host() {
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
    fn a_password_is_never_shown() {
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

    #[cfg(not(feature = "postgres"))]
    #[tokio::test]
    async fn without_its_feature_a_server_gets_an_error_with_the_command() {
        let opened = "postgres://shop:secret@host/shop".parse::<Storage>().unwrap().open().await;
        let error = format!("{:#}", opened.err().unwrap());
        assert!(error.contains("cargo run --example shop --features postgres"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn an_invalid_store_gets_an_error_with_the_valid_form() {
        for (text, part) in [
            ("", "--store must be sqlite:PATH"),
            ("shop.db", "--store must be sqlite:PATH"),
            ("sqlite:", "as in sqlite:shop.db"),
            ("postgres:", "postgres://HOST"),
            ("redis://", "redis://HOST"),
            ("memory:shop", "must be sqlite:PATH"),
            ("mongodb://host", "must be sqlite:PATH"),
        ] {
            let error = text.parse::<Storage>().err().unwrap_or_else(|| panic!("{text} is accepted")).to_string();
            assert!(error.contains(part) && !error.contains('\n'), "{text}: {error}");
        }
    }
}
