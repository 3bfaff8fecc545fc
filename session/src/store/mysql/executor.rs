//! One operation: a statement on a connection of the pool, and what becomes of both when it fails.

use sqlx::mysql::{MySql, MySqlArguments, MySqlConnection, MySqlDatabaseError, MySqlQueryResult, MySqlRow};

use crate::store::pool::StorePool;
use crate::store::{StoreError, sql};

pub(super) type Query = sqlx::query::Query<'static, MySql, MySqlArguments>;

/// How often a transaction is tried that the server gives up for the sake of another one.
const TRIES: usize = 10;

/// What a statement does: one that only reads may be asked again when its connection is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Reads,
    Writes,
}

/// What comes back: rows, or an acknowledgement.
pub(super) trait Answer: Sized {
    fn of(query: Query, connection: &mut MySqlConnection) -> impl Future<Output = sqlx::Result<Self>> + Send;
}

impl Answer for Vec<MySqlRow> {
    async fn of(query: Query, connection: &mut MySqlConnection) -> sqlx::Result<Self> {
        query.fetch_all(connection).await
    }
}

impl Answer for MySqlQueryResult {
    async fn of(query: Query, connection: &mut MySqlConnection) -> sqlx::Result<Self> {
        query.execute(connection).await
    }
}

/// Asks the database.
pub(super) async fn ask<A: Answer>(
    pool: &StorePool<MySql>,
    kind: Kind,
    query: impl Fn() -> Query,
) -> Result<A, StoreError> {
    let (mut lost, mut tries) = (false, 1);
    loop {
        let mut connection = pool.acquire().await.map_err(redact)?;
        let error = match A::of(query(), &mut connection).await {
            Ok(answer) => {
                connection.release();
                return Ok(answer);
            }
            Err(error) => error,
        };
        let is_connection_lost = is_connection_lost(&error);
        if !is_connection_lost {
            connection.release();
        }
        if is_connection_lost && kind == Kind::Reads && !lost {
            close_idle(pool);
            lost = true;
        } else if was_rolled_back(&error) && tries < TRIES {
            tries += 1;
        } else {
            return Err(redact(error));
        }
    }
}

/// Closes the connections that lie idle: what broke one has most likely broken them too.
pub(super) fn close_idle(pool: &StorePool<MySql>) {
    for idle in pool.take_idle() {
        drop(idle.detach());
    }
}

pub(super) fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// Whether the connection is of no more use.
fn is_connection_lost(error: &sqlx::Error) -> bool {
    // Shutdown in progress; packet errors; interrupted; connection killed (MariaDB, MySQL); closed for being idle.
    number(error).is_none_or(|number| matches!(number, 1053 | 1152 | 1153 | 1156..=1161 | 1317 | 1927 | 3169 | 4031))
}

/// Whether the server says that it undid the whole transaction, so that it may be tried again: a deadlock.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    number(error) == Some(1213)
}

/// Replaces errors about data, since their texts quote the data.
fn redact(error: sqlx::Error) -> StoreError {
    let number = number(&error);
    sql::redact(error, |database| {
        let (number, state) = (number?, database.code()?);
        quotes_data(number, &state).then(|| format!("the database rejected the statement: error {number} ({state})"))
    })
}

/// Returns true for SQLSTATE classes 22 (data exceptions) and 23 (constraints), and for three numbers outside of them.
fn quotes_data(number: u16, state: &str) -> bool {
    state.starts_with("22") || state.starts_with("23") || matches!(number, 1366 | 1411 | 1525)
}
