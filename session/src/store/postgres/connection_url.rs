//! The connection URL of `PostgresStore::connect`.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::error::StoreError;

const FORM: &str = "use `postgres://USER:PASSWORD@HOST:PORT/DATABASE`";

/// The options that sqlx supports, besides `options[NAME]`.
const SUPPORTED_OPTIONS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Parses a URL. Options that sqlx would ignore are removed and logged, because sqlx logs their values too.
///
/// `extra_float_digits` is not sent: `PgBouncer` rejects it by default, and the store has no floating-point columns.
pub(super) fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    // sqlx would accept URLs of other databases.
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let rest = rest.ok_or_else(|| format!("not a PostgreSQL URL; {FORM}"))?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = address.split('/').next().and_then(|authority| authority.rsplit('@').next()).unwrap_or_default();
    if hosts.contains(',') {
        return Err(several_hosts());
    }
    let mut supported = Vec::new();
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        if is_supported(&decode_brackets(name), value)? {
            supported.push(option);
        }
    }
    let url = format!("postgres://{address}?{}", supported.join("&"));
    let options = PgConnectOptions::from_str(&url).map_err(|error| format!("invalid URL: {error}; {FORM}"))?;
    Ok(options.extra_float_digits(None))
}

/// Returns false if the option is ignored.
fn is_supported(name: &str, value: &str) -> Result<bool, StoreError> {
    match name {
        "host" | "hostaddr" | "port" if value.contains(',') || value.to_ascii_lowercase().contains("%2c") => {
            Err(several_hosts())
        }
        "target_session_attrs" if value != "any" => {
            Err("the URL option `target_session_attrs` is not supported: remove it, and use the address of the primary"
                .into())
        }
        "target_session_attrs" => Ok(false),
        _ if SUPPORTED_OPTIONS.contains(&name) || name.starts_with("options[") => Ok(true),
        _ => {
            tracing::warn!(option = name, "ignored an unknown option of the PostgreSQL URL");
            Ok(false)
        }
    }
}

fn decode_brackets(name: &str) -> String {
    name.replace("%5B", "[").replace("%5b", "[").replace("%5D", "]").replace("%5d", "]")
}

fn several_hosts() -> StoreError {
    "several hosts are not supported: use the address of the primary, or of a proxy that follows it".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str) -> String {
        parse(url).unwrap_err().to_string()
    }

    #[test]
    fn the_options_of_sqlx_are_passed_on() {
        let options =
            parse("postgresql://me:pw@db:6432/shop?sslmode=require&options%5Block_timeout%5D=5s&application_name=x");
        let options = options.unwrap();
        assert_eq!((options.get_host(), options.get_port(), options.get_database()), ("db", 6432, Some("shop")));
        assert_eq!((options.get_options(), options.get_application_name()), (Some("-c lock_timeout=5s"), Some("x")));
    }

    #[test]
    fn an_unknown_option_is_ignored() {
        let options = parse("postgres://db/shop?connect_timeout=10&target_session_attrs=any&user=me").unwrap();
        assert_eq!((options.get_username(), options.get_database()), ("me", Some("shop")));
    }

    #[test]
    fn a_choice_between_hosts_is_an_error_that_names_the_primary() {
        for url in [
            "postgres://me:a,b@db1:5432,db2:5432/shop",
            "postgres:///shop?host=db1,db2",
            "postgres:///shop?host=db1%2Cdb2",
            "postgres://db/shop?target_session_attrs=read-write",
        ] {
            assert!(error(url).contains("the address of the primary"), "{}", error(url));
        }
        assert!(parse("postgres://me:a,b@db/shop").is_ok(), "a comma in the password");
    }

    #[test]
    fn the_error_shows_no_password() {
        for url in
            ["mysql://me:hunter2@db/x", "postgres://me:hunter2@db:x/", "postgres://me:hunter2@db/x?sslmode=hunter"]
        {
            assert!(error(url).contains("URL") && !error(url).contains("hunter2"), "{}", error(url));
        }
    }
}
