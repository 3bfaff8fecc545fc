//! The schema, and how it grows.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, query, query_scalar, raw_sql};

/// Each step is run once, in order. A landed step is never edited: changes are steps of their own.
const STEPS: [&str; 2] = [include_str!("migrations/1_tables.sql"), include_str!("migrations/2_functions.sql")];

/// Runs the steps that have not been run, all or none of them.
pub(super) async fn run(connection: &mut PgConnection, prefix: &str) -> sqlx::Result<()> {
    let mut tx = connection.begin().await?;
    // Held until the transaction ends. Even `IF NOT EXISTS` fails when two processes create one table at once.
    let lock = query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(format!("session:{prefix}"));
    lock.execute(&mut *tx).await?;
    stay_in_one_schema(&mut tx, prefix).await?;
    let named = |sql: &str| AssertSqlSafe(sql.replace("{prefix}", prefix));
    let create = r#"CREATE TABLE IF NOT EXISTS "{prefix}_migrations" (version bigint PRIMARY KEY)"#;
    raw_sql(named(create)).execute(&mut *tx).await?;
    let count = query_scalar(named(r#"SELECT count(*) FROM "{prefix}_migrations""#));
    let done: i64 = count.fetch_one(&mut *tx).await?;
    for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(done).unwrap_or(0)) {
        raw_sql(named(step)).execute(&mut *tx).await?;
        let note = query(named(r#"INSERT INTO "{prefix}_migrations" VALUES ($1)"#)).bind(version);
        note.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// A later step goes where the first one went, although a schema may have come before it in the search path since.
async fn stay_in_one_schema(tx: &mut PgConnection, prefix: &str) -> sqlx::Result<()> {
    let home = query(
        "SELECT set_config('search_path', quote_ident(nspname), true) FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = to_regclass($1)",
    );
    home.bind(format!("{prefix}_migrations")).execute(tx).await.map(drop)
}
