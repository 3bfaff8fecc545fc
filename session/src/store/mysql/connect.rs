//! Opens connections, and sets or checks the settings of their sessions.

use std::pin::Pin;

use sqlx::mysql::{MySql, MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{ConnectOptions, Connection, Error, Executor, Row};

use crate::error::StoreError;
use crate::store::mysql::connection_url;
use crate::store::mysql::errors::redact;
use crate::store::pool::StorePool;

const DEFAULT_MAX_CONNECTIONS: usize = 10;

/// Sets up a session in one round trip, and returns the Galera variables, if the server has them.
///
/// - `autocommit`: if the server turns it off, the changes of single statements would be rolled back.
/// - `innodb_lock_wait_timeout`: the operation has timed out by this time, so the server must stop waiting for the row
///   lock too.
/// - The isolation level: `REPEATABLE READ` locks the gaps beside a session, and blocks other sessions.
const SET_UP_SQL: &str = "SET SESSION autocommit = 1, innodb_lock_wait_timeout = 5; \
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_sync_wait')";

/// Connects once, which reports an invalid password or database at once. Returns the pool of the store.
pub(super) async fn open_pool(url: &str) -> Result<StorePool<MySql>, StoreError> {
    let options = connection_url::parse(url)?;
    check_server(&options).await.map_err(describe)?;
    Ok(StorePool::own(DEFAULT_MAX_CONNECTIONS, move || {
        let options = options.clone();
        async move { connect(&options).await }
    }))
}

fn describe(error: Error) -> StoreError {
    match error {
        Error::Tls(error) if !cfg!(feature = "mysql-tls") => format!("{error}: enable the feature `mysql-tls`").into(),
        error => redact(error),
    }
}

async fn check_server(options: &MySqlConnectOptions) -> Result<(), Error> {
    let mut connection = connect(options).await?;
    let variable = connection.fetch_optional(sqlx::raw_sql("SHOW VARIABLES LIKE 'read_only'")).await?;
    if variable.is_some_and(|variable| is_variable(&variable, "read_only", |value| value != "OFF")) {
        // A warning, because an application that restarts during a failover or a maintenance can still load sessions.
        tracing::warn!("the MySQL server is read-only, and every write will fail: use the address of the primary");
    }
    connection.close().await
}

async fn connect(options: &MySqlConnectOptions) -> Result<MySqlConnection, Error> {
    let mut connection = options.connect().await?;
    let variables = connection.fetch_all(sqlx::raw_sql(SET_UP_SQL)).await?;
    let is_galera = variables.iter().any(|variable| is_variable(variable, "wsrep_on", |value| value == "ON"));
    let waits = |value: &str| value.parse().is_ok_and(|bits: u32| bits & 1 == 1);
    if is_galera && !variables.iter().any(|variable| is_variable(variable, "wsrep_sync_wait", waits)) {
        // By default, a node of a Galera cluster may return stale rows, for example a session that was deleted.
        connection.execute(sqlx::raw_sql("SET SESSION wsrep_sync_wait = @@wsrep_sync_wait | 1")).await?;
    }
    Ok(connection)
}

fn is_variable(row: &MySqlRow, name: &str, has_value: impl Fn(&str) -> bool) -> bool {
    let column = |index: usize| row.try_get::<&str, _>(index);
    column(0).is_ok_and(|column| column == name) && column(1).is_ok_and(has_value)
}

pub(super) const AUTOCOMMIT_MESSAGE: &str =
    "autocommit is off, and changes would be lost: run `SET autocommit = 1` in the `after_connect` of the pool";

const ISOLATION_MESSAGE: &str = "the isolation level is READ UNCOMMITTED, and loads would return parts of a commit: run \
     `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED` in the `after_connect` of the pool";

/// The isolation level has two names. A server that lacks one of them returns no row for it.
const SESSION_SQL: &str =
    "SHOW VARIABLES WHERE Variable_name IN ('autocommit', 'tx_isolation', 'transaction_isolation')";

/// Fails if a connection of the application's pool has a setting with which the store would lose data: acknowledged
/// changes would be rolled back, or a load would return parts of a commit.
pub(super) fn require_settings(
    connection: &mut MySqlConnection,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + '_>> {
    Box::pin(async {
        let rows = connection.fetch_all(sqlx::raw_sql(SESSION_SQL)).await?;
        // Some servers send these texts as binary strings.
        let has_value = |row: &MySqlRow, value: &[u8]| row.try_get_unchecked::<&[u8], _>(1).is_ok_and(|is| is == value);
        let message = if rows.iter().any(|row| has_value(row, b"OFF")) {
            AUTOCOMMIT_MESSAGE
        } else if rows.iter().any(|row| has_value(row, b"READ-UNCOMMITTED")) {
            ISOLATION_MESSAGE
        } else {
            return Ok(());
        };
        Err(Error::Configuration(message.into()))
    })
}
