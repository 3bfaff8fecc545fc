//! Executes one operation on one connection: retries after a deadlock or a lost connection, and redacts errors.

use std::sync::Arc;
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::mysql::{MySql, MySqlConnection, MySqlDatabaseError, MySqlQueryResult, MySqlRow};

use super::connect::{advice, is_closed_before_reading};
use super::statements::Query;
use crate::error::StoreError;
use crate::store::pool::StorePool;
use crate::store::sql;
use crate::store::timeout::{self, Unavailable};

/// The limit for a transaction that the server rolls back because of deadlocks.
const MAX_ATTEMPTS: usize = 10;

/// The kind of a statement. Only a read is retried after its connection was lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementKind {
    Read,
    Write,
}

/// The reply to a statement: rows, or the OK packet of an update.
pub(super) trait Reply: Sized {
    fn fetch(query: Query, connection: &mut MySqlConnection) -> impl Future<Output = sqlx::Result<Self>> + Send;
}

impl Reply for Vec<MySqlRow> {
    async fn fetch(query: Query, connection: &mut MySqlConnection) -> sqlx::Result<Self> {
        query.fetch_all(connection).await
    }
}

impl Reply for MySqlQueryResult {
    async fn fetch(query: Query, connection: &mut MySqlConnection) -> sqlx::Result<Self> {
        query.execute(connection).await
    }
}

/// The server of one store: its connections and its timeout.
#[derive(Clone)]
pub(super) struct Executor {
    pub(super) pool: StorePool<MySql>,
    pub(super) timeout: Duration,
}

impl Executor {
    /// Executes a statement within the timeout. If it fails, closes the idle connections.
    pub(super) async fn execute<R: Reply>(
        &self,
        kind: StatementKind,
        statement: &Arc<str>,
        bind: impl Fn(Query) -> Query + Send + Sync,
    ) -> Result<R, StoreError> {
        let query = || bind(sqlx::query(AssertSqlSafe(Arc::clone(statement))));
        let mut is_connected = false;
        let operation = self.execute_with_retries(kind, query, &mut is_connected);
        let reply = tokio::time::timeout(self.timeout, operation).await;
        let reply = timeout::flatten_connecting(self.timeout, is_connected, reply);
        reply.inspect_err(|_| self.close_idle_connections())
    }

    /// `is_connected` is set while a statement may be sent. After a retry, no earlier statement has an unknown outcome.
    async fn execute_with_retries<R: Reply>(
        &self,
        kind: StatementKind,
        query: impl Fn() -> Query,
        is_connected: &mut bool,
    ) -> Result<R, StoreError> {
        let (mut is_retried, mut attempts) = (false, 1);
        loop {
            *is_connected = false;
            let mut connection = self.pool.acquire().await.map_err(|error| Unavailable::not_sent(redact(error)))?;
            *is_connected = true;
            let error = match R::fetch(query(), &mut connection).await {
                Ok(reply) => {
                    connection.release();
                    return Ok(reply);
                }
                Err(error) => error,
            };
            let is_lost = is_connection_lost(&error);
            if !is_lost {
                connection.release();
            }
            let is_unread = is_closed_before_reading(&error);
            if is_lost && !is_retried && (is_unread || kind == StatementKind::Read) {
                self.close_idle_connections();
                is_retried = true;
            } else if is_deadlock(&error) && attempts < MAX_ATTEMPTS {
                attempts += 1;
            } else {
                return Err(redact(error));
            }
        }
    }

    /// Closes the idle connections: if one connection was lost, most likely they are lost too.
    fn close_idle_connections(&self) {
        self.pool.close_idle();
    }
}

/// Returns the server's error number.
pub(super) fn error_number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// Returns true if the connection cannot be used again.
fn is_connection_lost(error: &sqlx::Error) -> bool {
    // Shutdown in progress; packet errors; interrupted; connection killed (MariaDB, MySQL); idle timeout.
    error_number(error)
        .is_none_or(|number| matches!(number, 1053 | 1152 | 1153 | 1156..=1161 | 1317 | 1927 | 3169 | 4031))
}

/// Returns true if the server rolled back the whole transaction because of a deadlock, so that it can be retried.
fn is_deadlock(error: &sqlx::Error) -> bool {
    error_number(error) == Some(1213)
}

/// Replaces errors about data, because their texts quote the data. Adds advice for the operator.
pub(super) fn redact(error: sqlx::Error) -> StoreError {
    let number = error_number(&error);
    sql::redact(error, |database| {
        let (number, state) = (number?, database.code()?);
        if quotes_data(number, &state) {
            return Some(format!("the database rejected the statement: error {number} ({state})"));
        }
        advice(number).map(|advice| format!("{number} ({state}): {}; {advice}", database.message()))
    })
}

/// Returns true for SQLSTATE classes 22 (data exceptions) and 23 (constraint violations), and for three errors of other
/// classes.
fn quotes_data(number: u16, state: &str) -> bool {
    state.starts_with("22") || state.starts_with("23") || matches!(number, 1366 | 1411 | 1525)
}
