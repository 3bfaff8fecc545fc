//! Creates the missing tables and indexes of SQLite (`migrations/tables.sql`).

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row, query, raw_sql};

use crate::error::StoreError;
use crate::store::sql::schema_check::{self, CreateError, ExistingObjects, Migration, SchemaConnection, SchemaError};
use crate::store::sqlite::errors;
use crate::store::sqlite::executor::Execution;
use crate::store::sqlite::statements::Query;

/// Selects the columns and indexes of the tables. Names of SQLite are case-insensitive.
const INSPECT_SQL: &str = "
    SELECT 'column', lower(found.name), lower(columns.name)
        FROM sqlite_master AS found JOIN pragma_table_info(found.name) AS columns
        WHERE lower(found.name) IN ('{prefix}s', '{prefix}_index', '{prefix}_migrations')
    UNION ALL
    SELECT 'index', lower(tbl_name), lower(name) FROM sqlite_master
        WHERE type = 'index' AND lower(tbl_name) IN ('{prefix}s', '{prefix}_index', '{prefix}_migrations')";

const VERSIONS_SQL: &str = r#"SELECT CAST(version AS TEXT) FROM "{prefix}_migrations""#;

const ENCODING_MESSAGE: &str = "the database has the encoding UTF-16, which would change stored values: use another file \
                                for the sessions, or create the database with `PRAGMA encoding = 'UTF-8'`";

/// Creates the missing objects. If none is missing, a read-only file is sufficient.
pub(super) async fn migrate(execution: &Execution<'_>, prefix: &str) -> Result<(), SchemaError> {
    require_utf8(execution).await?;
    let migration = migration(prefix);
    match schema_check::check(&migration, &inspect(execution, prefix).await?) {
        Err(SchemaError::Store(_)) => {}
        checked => return checked,
    }
    // The transaction holds the write lock, so only one process migrates.
    let migrate = execution.transaction(async |connection| {
        Ok(schema_check::migrate(&migration, &mut Schema { connection, prefix }).await)
    });
    migrate.await?
}

/// Returns an error if an object is missing.
pub(super) async fn check(execution: &Execution<'_>, prefix: &str) -> Result<(), SchemaError> {
    require_utf8(execution).await?;
    schema_check::check(&migration(prefix), &inspect(execution, prefix).await?)
}

/// The statements join values of the type BLOB, and SQLite reads a BLOB as text in the encoding of the database.
async fn require_utf8(execution: &Execution<'_>) -> Result<(), SchemaError> {
    let rows = execution.read_rows(|| query("PRAGMA encoding").persistent(false)).await?;
    let encoding: Option<String> = rows.first().map(|row| row.try_get(0)).transpose().map_err(StoreError::from)?;
    if encoding.is_some_and(|encoding| encoding != "UTF-8") {
        return Err(SchemaError::Config(ENCODING_MESSAGE.to_owned()));
    }
    Ok(())
}

fn migration(prefix: &str) -> Migration {
    Migration::parse(include_str!("migrations/tables.sql"), prefix)
}

/// Inspects the database without a transaction.
async fn inspect(execution: &Execution<'_>, prefix: &str) -> Result<ExistingObjects, StoreError> {
    let mut existing = existing_objects(&execution.read_rows(|| statement(INSPECT_SQL, prefix)).await?)?;
    if existing.has_versions(prefix) {
        push_versions(&mut existing, &execution.read_rows(|| statement(VERSIONS_SQL, prefix)).await?)?;
    }
    Ok(existing)
}

fn statement(sql: &str, prefix: &str) -> Query {
    query(AssertSqlSafe(sql.replace("{prefix}", prefix))).persistent(false)
}

fn existing_objects(rows: &[SqliteRow]) -> Result<ExistingObjects, StoreError> {
    let mut existing = ExistingObjects::default();
    for row in rows {
        existing.push([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?]);
    }
    Ok(existing)
}

fn push_versions(existing: &mut ExistingObjects, rows: &[SqliteRow]) -> Result<(), StoreError> {
    for row in rows {
        existing.push_version(row.try_get(0)?);
    }
    Ok(())
}

/// The tables of one prefix, within a transaction of this connection.
struct Schema<'a> {
    connection: &'a mut SqliteConnection,
    prefix: &'a str,
}

impl SchemaConnection for Schema<'_> {
    async fn inspect(&mut self) -> Result<ExistingObjects, StoreError> {
        let objects = statement(INSPECT_SQL, self.prefix).fetch_all(&mut *self.connection).await?;
        let mut existing = existing_objects(&objects)?;
        if existing.has_versions(self.prefix) {
            let versions = statement(VERSIONS_SQL, self.prefix).fetch_all(&mut *self.connection).await?;
            push_versions(&mut existing, &versions)?;
        }
        Ok(existing)
    }

    async fn has_sessions(&mut self) -> Result<bool, StoreError> {
        let sessions = statement(r#"SELECT 1 FROM "{prefix}s" LIMIT 1"#, self.prefix);
        Ok(!sessions.fetch_all(&mut *self.connection).await?.is_empty())
    }

    async fn create(&mut self, sql: &str) -> Result<(), CreateError> {
        let created = raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.connection).await;
        created.map(drop).map_err(|error| CreateError { is_denied: false, source: errors::describe(error) })
    }
}
