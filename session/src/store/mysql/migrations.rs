//! Creates the missing tables and indexes of MariaDB and MySQL (`migrations/tables.sql`), and refuses settings under
//! which commits would fail or be lost.

use sqlx::mysql::{MySql, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Row, raw_sql};

use crate::error::StoreError;
use crate::store::mysql::connect::AUTOCOMMIT_MESSAGE;
use crate::store::mysql::errors::{error_number, redact};
use crate::store::pool::StorePool;
use crate::store::sql::schema_check::{self, CreateError, ExistingObjects, Migration, SchemaConnection, SchemaError};
use crate::store::timeout::Unavailable;

/// Selects the columns and indexes of the tables. The server shows only tables on which the role has a right.
const INSPECT_SQL: &str = "
    SELECT 'column', TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('{prefix}s', '{prefix}_index', '{prefix}_migrations')
    UNION ALL
    SELECT 'index', TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('{prefix}s', '{prefix}_index', '{prefix}_migrations')";

/// The settings of this connection. A server that lacks one of them returns no row for it.
const SETTINGS_SQL: &str = "SHOW VARIABLES WHERE Variable_name IN ('autocommit', 'binlog_format', 'log_bin')";

/// Creates the missing objects.
pub(super) async fn migrate(pool: &StorePool<MySql>, prefix: &str) -> Result<(), SchemaError> {
    let mut connection = pool.acquire().await.map_err(on_acquire)?;
    let mut schema = Schema { connection: &mut connection, prefix };
    schema.require_settings().await?;
    schema_check::migrate(&migration(prefix), &mut schema).await?;
    connection.release();
    Ok(())
}

/// Returns an error if an object is missing or a setting is unsuitable.
pub(super) async fn check(pool: &StorePool<MySql>, prefix: &str) -> Result<(), SchemaError> {
    let mut connection = pool.acquire().await.map_err(on_acquire)?;
    let mut schema = Schema { connection: &mut connection, prefix };
    schema.require_settings().await?;
    let existing = schema.inspect().await?;
    connection.release();
    schema_check::check(&migration(prefix), &existing)
}

fn migration(prefix: &str) -> Migration {
    Migration::parse(include_str!("migrations/tables.sql"), prefix)
}

fn on_acquire(error: sqlx::Error) -> SchemaError {
    match error {
        // The check of a pool at its first use.
        sqlx::Error::Configuration(error) => SchemaError::Config(error.to_string()),
        error => SchemaError::Store(Unavailable::not_sent(redact(error)).into()),
    }
}

/// The tables of one prefix, seen on this connection.
struct Schema<'a> {
    connection: &'a mut MySqlConnection,
    prefix: &'a str,
}

impl Schema<'_> {
    async fn query(&mut self, sql: &str) -> sqlx::Result<Vec<MySqlRow>> {
        raw_sql(AssertSqlSafe(sql.replace("{prefix}", self.prefix))).fetch_all(&mut *self.connection).await
    }

    /// Refuses settings that an operation would notice too late, or never.
    async fn require_settings(&mut self) -> Result<(), SchemaError> {
        let rows = self.query(SETTINGS_SQL).await.map_err(redact)?;
        let settings: Vec<(String, String)> =
            rows.iter().map(|row| Ok((text(row, 0)?, text(row, 1)?))).collect::<Result<_, StoreError>>()?;
        let is = |name: &str, value: &str| settings.iter().any(|(n, v)| n == name && v.eq_ignore_ascii_case(value));
        if is("autocommit", "OFF") {
            return Err(SchemaError::Config(AUTOCOMMIT_MESSAGE.to_owned()));
        }
        // Without a binary log, the server ignores the format.
        if is("log_bin", "ON") && is("binlog_format", "STATEMENT") {
            return Err(SchemaError::Config(BINLOG_MESSAGE.to_owned()));
        }
        Ok(())
    }
}

const BINLOG_MESSAGE: &str = "`binlog_format` is STATEMENT, so that transactions at READ COMMITTED fail: set \
                              `binlog_format = ROW` or `MIXED` on the server";

impl SchemaConnection for Schema<'_> {
    async fn inspect(&mut self) -> Result<ExistingObjects, StoreError> {
        let mut existing = ExistingObjects::default();
        for row in self.query(INSPECT_SQL).await.map_err(redact)? {
            existing.push([text(&row, 0)?, text(&row, 1)?, text(&row, 2)?]);
        }
        if existing.has_versions(self.prefix) {
            let versions = "SELECT CAST(version AS CHAR) FROM `{prefix}_migrations`";
            for row in self.query(versions).await.map_err(redact)? {
                existing.push_version(text(&row, 0)?);
            }
        }
        Ok(existing)
    }

    async fn has_sessions(&mut self) -> Result<bool, StoreError> {
        Ok(!self.query("SELECT 1 FROM `{prefix}s` LIMIT 1").await.map_err(redact)?.is_empty())
    }

    async fn create(&mut self, sql: &str) -> Result<(), CreateError> {
        let created = self.query(sql).await;
        created.map(drop).map_err(|error| CreateError { is_denied: is_denied(&error), source: redact(error) })
    }
}

/// Returns a column as text. Some servers send the texts of their catalog as binary strings.
fn text(row: &MySqlRow, column: usize) -> Result<String, StoreError> {
    Ok(String::from_utf8(row.try_get(column)?)?)
}

/// Returns true if the role lacks a right on the database, the table or the server.
fn is_denied(error: &sqlx::Error) -> bool {
    matches!(error_number(error), Some(1044 | 1142 | 1227))
}
