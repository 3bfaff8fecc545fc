//! The connection URL of `MySqlStore::connect`.

use std::str::FromStr;

use sqlx::mysql::MySqlConnectOptions;

use crate::error::StoreError;

const FORM: &str = "use `mysql://USER:PASSWORD@HOST:PORT/DATABASE`";

/// The options that sqlx supports.
const SUPPORTED_OPTIONS: [&str; 14] = [
    "charset",
    "collation",
    "socket",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "sslca",
    "sslcert",
    "sslkey",
    "sslmode",
    "statement-cache-capacity",
    "time-zone",
    "timezone",
];

/// Parses a URL. sqlx ignores unknown options without a message, so they are logged.
pub(super) fn parse(url: &str) -> Result<MySqlConnectOptions, StoreError> {
    let rest = url.strip_prefix("mysql://").or_else(|| url.strip_prefix("mariadb://"));
    let rest = rest.ok_or_else(|| format!("invalid URL: {FORM}"))?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = address.split('/').next().and_then(|authority| authority.rsplit('@').next()).unwrap_or_default();
    if hosts.contains(',') {
        let message = "several hosts are not supported: use the address of the primary, or of a proxy that follows it";
        return Err(message.into());
    }
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let name = option.split('=').next().unwrap_or_default();
        if !SUPPORTED_OPTIONS.contains(&name) {
            tracing::warn!(option = name, "ignored an unknown option of the MySQL URL");
        }
    }
    MySqlConnectOptions::from_str(url).map_err(|error| format!("invalid URL: {error}; {FORM}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_hosts_are_an_error_that_names_the_primary() {
        let error = parse("mysql://me:hunter2@db1:3306,db2:3306/shop").unwrap_err().to_string();
        assert!(error.contains("the address of the primary") && !error.contains("hunter2"), "{error}");
        assert!(parse("mysql://me:a,b@db/shop").is_ok(), "a comma in the password");
    }

    #[test]
    fn the_options_of_sqlx_are_passed_on() {
        let options = parse("mariadb://me@db:3307/shop?ssl-mode=REQUIRED&connect_timeout=10").unwrap();
        assert_eq!((options.get_host(), options.get_port(), options.get_database()), ("db", 3307, Some("shop")));
    }
}
