//! Creates the missing tables and indexes of PostgreSQL (`migrations/tables.sql`).
//!
//! All statements use the simple protocol and no transaction block, so that they run behind every proxy.

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgRow, Postgres};
use sqlx::{AssertSqlSafe, Row, raw_sql};

use super::errors::redact;
use crate::error::StoreError;
use crate::store::pool::StorePool;
use crate::store::postgres::statements::TO_PRIMARY;
use crate::store::sql::schema_check::{self, CreateError, ExistingObjects, Migration, SchemaConnection, SchemaError};
use crate::store::timeout::Unavailable;

/// Selects the columns and indexes of the tables, in whichever schema of the search path they are.
const INSPECT_SQL: &str = r#"
    WITH wanted (name) AS (VALUES ('{prefix}s'), ('{prefix}_index'), ('{prefix}_migrations'))
    SELECT 'column', wanted.name, attname::text FROM wanted
        JOIN pg_attribute ON attrelid = to_regclass('"' || wanted.name || '"') WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'index', wanted.name, CASE WHEN indisprimary THEN wanted.name || '_pkey' ELSE relname::text END FROM wanted
        JOIN pg_index ON indrelid = to_regclass('"' || wanted.name || '"') JOIN pg_class ON pg_class.oid = indexrelid"#;

/// Selects the schema of the existing tables for the statement that follows in the same message. A schema that became
/// the first one of the search path later therefore receives no table.
const SELECT_SCHEMA_SQL: &str = r#"
    SELECT set_config('search_path', quote_ident(nspname), true) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid =
        coalesce(to_regclass('"{prefix}s"'), to_regclass('"{prefix}_index"'), to_regclass('"{prefix}_migrations"'));"#;

/// Creates the missing objects.
pub(super) async fn migrate(pool: &StorePool<Postgres>, prefix: &str) -> Result<(), SchemaError> {
    let mut connection = pool.acquire().await.map_err(not_sent)?;
    schema_check::migrate(&migration(prefix), &mut Schema { connection: &mut connection, prefix }).await?;
    connection.release();
    Ok(())
}

/// Returns an error if an object is missing.
pub(super) async fn check(pool: &StorePool<Postgres>, prefix: &str) -> Result<(), SchemaError> {
    let mut connection = pool.acquire().await.map_err(not_sent)?;
    let existing = Schema { connection: &mut connection, prefix }.inspect().await?;
    connection.release();
    schema_check::check(&migration(prefix), &existing)
}

fn migration(prefix: &str) -> Migration {
    Migration::parse(include_str!("migrations/tables.sql"), prefix)
}

fn not_sent(error: sqlx::Error) -> StoreError {
    Unavailable::not_sent(redact(error)).into()
}

/// The tables of one prefix, seen on this connection.
struct Schema<'a> {
    connection: &'a mut PgConnection,
    prefix: &'a str,
}

impl Schema<'_> {
    async fn query(&mut self, sql: &str) -> sqlx::Result<Vec<PgRow>> {
        raw_sql(AssertSqlSafe(sql.replace("{prefix}", self.prefix))).fetch_all(&mut *self.connection).await
    }
}

impl SchemaConnection for Schema<'_> {
    async fn inspect(&mut self) -> Result<ExistingObjects, StoreError> {
        let mut existing = ExistingObjects::default();
        for row in self.query(&format!("{TO_PRIMARY} {INSPECT_SQL}")).await.map_err(redact)? {
            existing.push([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?]);
        }
        if existing.has_versions(self.prefix) {
            let versions = format!("{TO_PRIMARY} SELECT version::text FROM \"{{prefix}}_migrations\"");
            for row in self.query(&versions).await.map_err(redact)? {
                existing.push_version(row.try_get(0)?);
            }
        }
        Ok(existing)
    }

    async fn has_sessions(&mut self) -> Result<bool, StoreError> {
        let sessions = format!("{TO_PRIMARY} SELECT 1 FROM \"{{prefix}}s\" LIMIT 1");
        Ok(!self.query(&sessions).await.map_err(redact)?.is_empty())
    }

    async fn create(&mut self, sql: &str) -> Result<(), CreateError> {
        // One message is one transaction.
        let created = self.query(&format!("{SELECT_SCHEMA_SQL}{sql}")).await;
        created.map(drop).map_err(|error| CreateError { is_denied: is_denied(&error), source: redact(error) })
    }
}

/// Returns true if the role lacks a right (`insufficient_privilege`).
fn is_denied(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "42501")
}
