//! One operation: a statement on a connection of the pool, and what becomes of both when it fails.

use sqlx::mysql::{MySql, MySqlArguments, MySqlConnection, MySqlDatabaseError, MySqlPool, MySqlRow};
use sqlx::pool::PoolConnection;

use crate::store::StoreError;

pub(super) type Query = sqlx::query::Query<'static, MySql, MySqlArguments>;

/// How often a transaction is tried that the server gives up for the sake of another one.
const TRIES: usize = 10;

/// What a statement does: one that only reads may be asked again when its connection is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Reads,
    Writes,
}

/// Asks the database, and gives all rows of the answer.
pub(super) async fn ask(pool: &MySqlPool, kind: Kind, query: impl Fn() -> Query) -> Result<Vec<MySqlRow>, StoreError> {
    let (mut lost, mut tries) = (false, 1);
    loop {
        let mut lease = Lease::new(pool).await.map_err(told)?;
        let error = match query().fetch_all(lease.connection()).await {
            Ok(rows) => {
                lease.give_back();
                return Ok(rows);
            }
            Err(error) => error,
        };
        let is_lost = is_lost(&error);
        if !is_lost {
            lease.give_back();
        }
        if is_lost && kind == Kind::Reads && !lost {
            lost = true;
        } else if was_rolled_back(&error) && tries < TRIES {
            tries += 1;
        } else {
            return Err(told(error));
        }
    }
}

/// A connection on loan.
///
/// One that is not given back may be in the middle of an answer, or broken: it is closed, and so are those that lie
/// idle, since what broke it has most likely broken them.
struct Lease<'a> {
    pool: &'a MySqlPool,
    connection: Option<PoolConnection<MySql>>,
}

impl<'a> Lease<'a> {
    async fn new(pool: &'a MySqlPool) -> sqlx::Result<Self> {
        let connection = pool.acquire().await?;
        Ok(Self { pool, connection: Some(connection) })
    }

    fn connection(&mut self) -> &mut MySqlConnection {
        self.connection.as_mut().expect("it is taken at the end of the loan alone")
    }

    fn give_back(mut self) {
        self.connection = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(broken) = self.connection.take() else { return };
        drop(broken.detach());
        while let Some(idle) = self.pool.try_acquire() {
            drop(idle.detach());
        }
    }
}

fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

/// Whether the connection is of no more use.
fn is_lost(error: &sqlx::Error) -> bool {
    // Server shutdown in progress; packet errors; connection killed (MariaDB, MySQL); closed for being idle.
    number(error).is_none_or(|number| matches!(number, 1053 | 1152 | 1153 | 1156..=1161 | 1927 | 3169 | 4031))
}

/// Whether the server says that it undid the whole transaction, so that it may be tried again: a deadlock.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    number(error) == Some(1213)
}

/// The error, without what it may quote: a server's words about data hold the data.
fn told(error: sqlx::Error) -> StoreError {
    let quotes = |state: &str| state.starts_with("22") || state.starts_with("23") || state == "HY000";
    match error.as_database_error().and_then(|error| error.code()) {
        Some(state) if quotes(&state) => {
            let number = number(&error).unwrap_or_default();
            format!("the database refuses with error {number} ({state})").into()
        }
        _ => error.into(),
    }
}
