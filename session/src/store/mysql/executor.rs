//! One operation: a statement on a connection of the pool, and what becomes of both when it fails.

use sqlx::error::DatabaseError;
use sqlx::mysql::{MySql, MySqlArguments, MySqlConnection, MySqlDatabaseError, MySqlQueryResult, MySqlRow};

use crate::store::StoreError;
use crate::store::pool::Rack;

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
pub(super) async fn ask<A: Answer>(rack: &Rack<MySql>, kind: Kind, query: impl Fn() -> Query) -> Result<A, StoreError> {
    let (mut lost, mut tries) = (false, 1);
    loop {
        let mut lease = rack.take().await.map_err(told)?;
        let error = match A::of(query(), &mut lease).await {
            Ok(answer) => {
                lease.give_back();
                return Ok(answer);
            }
            Err(error) => error,
        };
        let is_lost = is_lost(&error);
        if !is_lost {
            lease.give_back();
        }
        if is_lost && kind == Kind::Reads && !lost {
            close_idle(rack);
            lost = true;
        } else if was_rolled_back(&error) && tries < TRIES {
            tries += 1;
        } else {
            return Err(told(error));
        }
    }
}

/// Closes the connections that lie idle: what broke one has most likely broken them too.
pub(super) fn close_idle(rack: &Rack<MySql>) {
    for idle in rack.idle() {
        drop(idle.detach());
    }
}

pub(super) fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// Whether the connection is of no more use.
fn is_lost(error: &sqlx::Error) -> bool {
    // Shutdown in progress; packet errors; interrupted; connection killed (MariaDB, MySQL); closed for being idle.
    number(error).is_none_or(|number| matches!(number, 1053 | 1152 | 1153 | 1156..=1161 | 1317 | 1927 | 3169 | 4031))
}

/// Whether the server says that it undid the whole transaction, so that it may be tried again: a deadlock.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    number(error) == Some(1213)
}

/// The error, without what it may quote: a server's words about data hold the data.
fn told(error: sqlx::Error) -> StoreError {
    match (number(&error), error.as_database_error().and_then(DatabaseError::code)) {
        (Some(number), Some(state)) if quotes_data(number, &state) => {
            format!("the database refuses with error {number} ({state})").into()
        }
        _ => error.into(),
    }
}

fn quotes_data(number: u16, state: &str) -> bool {
    state.starts_with("22") || state.starts_with("23") || matches!(number, 1366 | 1411 | 1525)
}
