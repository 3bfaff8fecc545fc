//! One statement on one connection: within the deadline, and past connections that are no more.

use std::pin::Pin;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Error, Executor, Postgres};

use super::super::pool::StorePool;
use super::super::{StoreError, sql, timeout};
use super::migrations;
use super::statements::Query;

/// After one failure every idle connection is tested. The second one is for what was given back in the meantime.
const RETRIES: usize = 2;

type Answer<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// The server, as one store reaches it.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) pool: StorePool<Postgres>,
    pub(super) deadline: Duration,
}

impl Server {
    /// Asks what changes nothing, and so may be asked again on another connection if the first one was lost.
    pub(super) async fn read_one(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Option<PgRow>, StoreError> {
        self.ask(RETRIES, |connection| connection.fetch_optional(query())).await
    }

    /// As [`read_one`](Self::read_one), for any number of rows.
    pub(super) async fn read_all(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Vec<PgRow>, StoreError> {
        self.ask(RETRIES, |connection| connection.fetch_all(query())).await
    }

    /// Sends what changes something: once, whatever comes of it.
    pub(super) async fn write(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Option<PgRow>, StoreError> {
        self.ask(0, |connection| connection.fetch_optional(query())).await
    }

    /// Creates the tables, or brings them up to date.
    pub(super) async fn migrate(&self, prefix: &str) -> sqlx::Result<()> {
        let mut connection = self.pool.acquire().await?;
        migrations::run(&mut connection, prefix).await?;
        connection.release();
        Ok(())
    }

    async fn ask<T>(
        &self,
        mut retries: usize,
        send: impl Fn(&mut PgConnection) -> Answer<'_, T> + Send + Sync,
    ) -> Result<T, StoreError> {
        let mut connected = false;
        let operation = async {
            loop {
                connected = false;
                let mut connection = match self.pool.acquire().await {
                    Err(Error::PoolTimedOut) => continue,
                    connection => connection.map_err(redact)?,
                };
                connected = true;
                match send(&mut connection).await {
                    Err(error) if is_connection_lost(&error) => {
                        self.test_idle_connections();
                        if retries == 0 {
                            return Err(redact(error));
                        }
                        retries -= 1;
                    }
                    answer => {
                        connection.release();
                        return answer.map_err(redact);
                    }
                }
            }
        };
        let answer = timeout::run(self.deadline, operation).await;
        answer.map_err(|error| if connected { error } else { format!("{error}: no connection could be had").into() })
    }

    /// Where one connection was lost, others are. The pool tests each one that it gets back, and drops what is broken.
    fn test_idle_connections(&self) {
        drop(self.pool.take_idle());
    }
}

/// Whether the connection is of no more use: it is broken, the server ends it, or it leads to a server that has become
/// a standby.
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
