//! Creates the tables and functions, and migrates them step by step (`migrations/*.sql`).

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, query, query_scalar, raw_sql};

/// Each step runs once, in this order. Never edit a released step: add a new one.
const STEPS: [&str; 1] = [include_str!("migrations/1_tables.sql")];

/// Runs the missing steps in one transaction.
pub(super) async fn run(connection: &mut PgConnection, prefix: &str) -> sqlx::Result<()> {
    let mut tx = connection.begin().await?;
    // Held until the end of the transaction. Without it, two processes that create one table at once fail, even with
    // `IF NOT EXISTS`.
    let lock = query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(format!("session:{prefix}"));
    lock.execute(&mut *tx).await?;
    select_schema(&mut tx, prefix).await?;
    let with_prefix = |sql: &str| AssertSqlSafe(sql.replace("{prefix}", prefix));
    let create = r#"CREATE TABLE IF NOT EXISTS "{prefix}_migrations" (version bigint PRIMARY KEY)"#;
    raw_sql(with_prefix(create)).execute(&mut *tx).await?;
    let count = query_scalar(with_prefix(r#"SELECT count(*) FROM "{prefix}_migrations""#));
    let applied: i64 = count.fetch_one(&mut *tx).await?;
    for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(applied).unwrap_or(0)) {
        raw_sql(with_prefix(step)).execute(&mut *tx).await?;
        let insert = query(with_prefix(r#"INSERT INTO "{prefix}_migrations" VALUES ($1)"#)).bind(version);
        insert.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Makes later steps use the schema of the first one, even if another schema now precedes it in the search path.
async fn select_schema(tx: &mut PgConnection, prefix: &str) -> sqlx::Result<()> {
    let set_search_path = query(
        "SELECT set_config('search_path', quote_ident(nspname), true) FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = to_regclass($1)",
    );
    set_search_path.bind(format!("{prefix}_migrations")).execute(tx).await.map(drop)
}
