//! Opens connections, and checks the server and its connection pooler once.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Error, Executor, Postgres};

use super::connection_url;
use super::errors::{is_prepared_statement_lost, redact};
use crate::error::StoreError;
use crate::store::pool::StorePool;

const DEFAULT_MAX_CONNECTIONS: usize = 10;

/// Under load, the pooler may assign the same server connection again by chance.
const MORE_RUNS: usize = 4;

/// The limit of the second connection's test. With a pooler in session mode that has one connection, it would wait for
/// the first connection.
const SECOND_CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// Connects once, which reports an invalid password, database or pooler at once. Returns the pool of the store.
pub(super) async fn open_pool(url: &str) -> Result<StorePool<Postgres>, StoreError> {
    let options = connection_url::parse(url)?;
    check_server(&options).await.map_err(describe)?;
    Ok(StorePool::own(DEFAULT_MAX_CONNECTIONS, move || {
        let options = options.clone();
        async move { options.connect().await }
    }))
}

fn describe(error: Error) -> StoreError {
    match error {
        Error::Tls(error) if !cfg!(feature = "postgres-tls") => {
            format!("{error}: enable the feature `postgres-tls`").into()
        }
        error => redact(error),
    }
}

async fn check_server(options: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = options.connect().await?;
    // A pooler in statement mode rejects the transaction.
    let row = connection.fetch_one(sqlx::raw_sql("BEGIN; SHOW transaction_read_only")).await?;
    if sqlx::Row::try_get::<&str, _>(&row, 0)? == "on" {
        // A warning, because an application that restarts during a failover or a maintenance can still load sessions.
        tracing::warn!("the PostgreSQL server is read-only, and every write will fail: use the address of the primary");
    }
    connection.execute(sqlx::raw_sql("ROLLBACK")).await?;
    check_prepared_statements(&mut connection, options).await?;
    connection.close().await
}

/// Detects a pooler that assigns server connections per transaction and does not support prepared statements.
///
/// Every connection gives its first prepared statement the same name. If the pooler passes the name on, the second
/// connection gets the server connection of the first one, and its name already exists. If the pooler assigned another
/// one, the first connection's statement may be missing there.
async fn check_prepared_statements(first: &mut PgConnection, options: &PgConnectOptions) -> Result<(), Error> {
    run_prepared_statement(first).await?;
    let second = async {
        let mut second = options.connect().await?;
        run_prepared_statement(&mut second).await?;
        second.close().await
    };
    match tokio::time::timeout(SECOND_CONNECTION_TIMEOUT, second).await {
        Ok(Err(error)) if is_prepared_statement_lost(&error) => return Err(error),
        // The server has no second connection for this role at present.
        Ok(Ok(()) | Err(_)) | Err(_) => {}
    }
    for _ in 0..MORE_RUNS {
        run_prepared_statement(first).await?;
    }
    Ok(())
}

async fn run_prepared_statement(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("SELECT $1::int8").bind(1_i64).execute(connection).await.map(drop)
}
