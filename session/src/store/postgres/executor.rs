//! Runs one statement on one connection: within the timeout, with retries of reads after a lost connection.

use std::pin::Pin;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Error, Executor as _, Postgres};

use crate::error::StoreError;
use crate::store::pool::StorePool;
use crate::store::postgres::migrations;
use crate::store::postgres::statements::Query;
use crate::store::sql;
use crate::store::timeout::{self, Unavailable};

/// Retries of a read. The first failure has all idle connections tested. The second retry is for a lost connection that
/// was released after that.
const MAX_READ_RETRIES: usize = 2;

type QueryFuture<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// Runs the statements of one store.
#[derive(Clone)]
pub(super) struct Executor {
    pub(super) pool: StorePool<Postgres>,
    pub(super) timeout: Duration,
}

impl Executor {
    /// Runs a query that changes nothing. It is retried on another connection if the first one is lost.
    pub(super) async fn read_row(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Option<PgRow>, StoreError> {
        self.run(MAX_READ_RETRIES, |connection| connection.fetch_optional(query())).await
    }

    /// Like [`read_row`](Self::read_row), for several rows.
    pub(super) async fn read_rows(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Vec<PgRow>, StoreError> {
        self.run(MAX_READ_RETRIES, |connection| connection.fetch_all(query())).await
    }

    /// Runs a statement that may change something. It is never retried.
    pub(super) async fn write(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Option<PgRow>, StoreError> {
        self.run(0, |connection| connection.fetch_optional(query())).await
    }

    /// Creates or migrates the tables and functions.
    pub(super) async fn migrate(&self, prefix: &str) -> sqlx::Result<()> {
        let mut connection = self.pool.acquire().await?;
        migrations::run(&mut connection, prefix).await?;
        connection.release();
        Ok(())
    }

    async fn run<T>(
        &self,
        mut retries: usize,
        send: impl Fn(&mut PgConnection) -> QueryFuture<'_, T> + Send + Sync,
    ) -> Result<T, StoreError> {
        let mut is_connected = false;
        let operation = async {
            loop {
                is_connected = false;
                let mut connection = match self.pool.acquire().await {
                    Err(Error::PoolTimedOut) => continue,
                    connection => connection.map_err(|error| Unavailable::not_sent(redact(error)))?,
                };
                is_connected = true;
                match send(&mut connection).await {
                    Err(error) if is_connection_lost(&error) => {
                        self.test_idle_connections();
                        if retries == 0 {
                            return Err(redact(error));
                        }
                        retries -= 1;
                    }
                    result => {
                        connection.release();
                        return result.map_err(redact);
                    }
                }
            }
        };
        let result = tokio::time::timeout(self.timeout, operation).await;
        timeout::flatten_connecting(self.timeout, is_connected, result)
    }

    /// Returns all idle connections to the driver's pool, which tests them: others may be lost too.
    fn test_idle_connections(&self) {
        drop(self.pool.take_idle());
    }
}

/// Returns true if the connection is broken, the server closes it, or the server has become a standby.
fn is_connection_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Protocol(_) | Error::Tls(_) => true,
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("57P") || code.starts_with("08") || code == "25006"
        }
        _ => false,
    }
}

/// Keeps the message and the code of a database error. Its other fields may quote the statement's parameters.
pub(super) fn redact(error: Error) -> StoreError {
    sql::redact(error, |database| {
        Some(format!("{} (SQLSTATE {})", database.message(), database.code().unwrap_or_default()))
    })
}
