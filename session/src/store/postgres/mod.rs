//! `PostgresStore`: sessions in a PostgreSQL database.

mod connect;
mod connection_url;
mod errors;
mod migrations;
mod statements;
mod table;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::PgPool;

use self::statements::Statements;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::pool::StorePool;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
use crate::store::sql::executor::Executor;
use crate::store::sql::operations;
use crate::store::sql::schema_check::SchemaError;
use crate::store::timeout::DEFAULT_TIMEOUT;
use crate::store::{sql, table_prefix, timeout};

/// A session store in a PostgreSQL database: version 11 or later, tested on 15.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://shop@localhost/shop").await?;
/// store.migrate().await?;
/// # Ok(()) }
/// ```
///
/// # Cost
///
/// An ordinary operation is one statement, sent in one round trip. One more finds out why a commit matched no record. A
/// commit that compacts the value log, or moves it to further rows, takes up to six round trips more. The first use of a
/// statement on a connection prepares it, in an additional round trip. [`find`](SessionStore::find) reads the index and
/// each session found. [`delete_expired`](crate::SessionManager::delete_expired) uses an index on the expiry, and several
/// processes may run it at once. The [benchmarks](crate::docs::benchmarks) contain latencies.
///
/// # Isolation
///
/// A commit waits for the session's row, and then sees all earlier commits. A load is one statement, and therefore one
/// consistent view. The store needs only `READ COMMITTED`, PostgreSQL's default. With a stricter default, an operation that
/// the server rolls back because of another one is retried, at most thirty times.
///
/// # Durability
///
/// A commit survives a crash of the server if `fsync` and `synchronous_commit` are on, as by default. A failover to an
/// asynchronous standby may lose the last commits, and so undo a logout or a revocation. `synchronous_standby_names`
/// prevents this. The page [stores](crate::docs::stores) compares this with the other stores.
///
/// # Timeouts and lost connections
///
/// After a [timeout](Self::with_timeout), the operation returns an error and its connection is closed. The server may
/// continue to wait for a lock. `lock_timeout` ends this, as a setting of the role or in the URL:
/// `?options[lock_timeout]=5s`.
///
/// If the server refuses a connection, the operation fails at once, with
/// [`Unavailable::NotSent`](crate::store::Unavailable::NotSent). sqlx's pool would retry until its own timeout, so a store
/// on the application's pool opens a connection beside it if an acquisition takes longer than 20 ms. If all connections
/// are in use, an operation waits for one until the timeout, and is then not sent either.
///
/// A connection that was idle for 5 seconds is tested before its next use, in one round trip. A timeout of the server or
/// of a proxy therefore fails no operation, unless it is shorter. After 30 minutes, a connection is replaced.
///
/// If the connection is lost, a read is retried on another connection. A write may have been executed, so it is retried
/// only if the server certainly did not read it. The store closes its other idle connections, so that a restart of the
/// server fails one write and not one per connection.
///
/// # Permissions
///
/// The connection's `search_path` selects the tables. A role that only serves needs these rights, and `USAGE` on their
/// schema:
///
/// ```sql
/// GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, session_index TO app;
/// GRANT SELECT ON session_migrations TO app; -- for `migrate` and `check`
/// ```
///
/// To create missing objects, [`migrate`](Self::migrate) needs `CREATE` on the schema, and must own existing tables. If
/// `log_statement` logs parameters, it logs stored values.
#[derive(Clone)]
pub struct PostgresStore {
    executor: Executor<Statements>,
    prefix: Arc<str>,
}

impl PostgresStore {
    /// Connects to `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with a pool of at most 10 connections. Call
    /// [`migrate`](Self::migrate) next.
    ///
    /// With the feature `postgres-tls`, TLS is used if the server offers it. `?sslmode=verify-full` in the URL requires
    /// it. Logs a warning if the server is read-only. Cost: two connections are opened, and closed again.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the URL is invalid, the store could not be reached, or a connection pooler
    /// does not support transactions or prepared statements.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pool = timeout::run(DEFAULT_TIMEOUT, connect::open_pool(url)).await;
        pool.map(Self::from_pool).map_err(|error| Error::store("connect to PostgreSQL", error))
    }

    /// Uses the application's own pool. Does no I/O.
    ///
    /// Turn off its `test_before_acquire`, which costs one round trip before each operation. The store then tests the
    /// connections only after a pause. sqlx also tests each connection that is returned to the pool, after the response.
    ///
    /// If a proxy assigns connections per transaction, it must support prepared statements.
    pub fn new(pool: PgPool) -> Self {
        Self::from_pool(StorePool::application(pool))
    }

    fn from_pool(pool: StorePool<Postgres>) -> Self {
        let prefix = "session";
        Self {
            executor: Executor { pool, dialect: Arc::new(Statements::new(prefix)), timeout: DEFAULT_TIMEOUT },
            prefix: prefix.into(),
        }
    }

    /// Sets the prefix of the table names, `session` by default. With `shop`, the tables are `shops`,
    /// `shop_index` and `shop_migrations`.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the prefix is not 1 to 40 lower-case ASCII letters, digits and `_`, or
    /// does not begin with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        Ok(Self {
            executor: Executor { dialect: Arc::new(Statements::new(prefix)), ..self.executor },
            prefix: prefix.into(),
        })
    }

    /// Sets the timeout of an operation, including the wait for a connection. Default: 5 seconds.
    ///
    /// It also applies if the pool's own `acquire_timeout` is shorter or longer.
    ///
    /// [`SessionConfig::store_timeout`](crate::SessionConfig::store_timeout) is 5 seconds by default too. The shorter of both
    /// applies.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.executor.timeout = timeout;
        self
    }

    /// Sets the limit of the store's connections. Default: 10.
    ///
    /// A store that was created with [`new`](Self::new) uses the limit of the application's pool instead. Clones that were
    /// made before keep their connections and their limit.
    #[must_use]
    pub fn with_max_connections(mut self, max_connections: u32) -> Self {
        self.executor.pool = self.executor.pool.with_max_connections(max_connections);
        self
    }

    /// Creates the missing tables, indexes and version numbers, for example after a partial restore. Call it at startup.
    ///
    /// Several processes may call it at once. Existing tables in any schema of the search path are used, and missing
    /// objects are created beside them. If no table exists, the first schema is used. If nothing is missing, only the
    /// [rights of a serving role](Self#permissions) are needed, and a read-only server is sufficient.
    ///
    /// If it creates `session_index` beside existing sessions, it logs a warning. Then run
    /// [`SessionManager::reindex`](crate::SessionManager::reindex).
    ///
    /// Cost: two queries if nothing is missing. It is not bound by the [timeout](Self::with_timeout).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing and the role must
    ///   not create it.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = migrations::migrate(&self.executor.pool, &self.prefix).await;
        migrated.map_err(|error| error.into_error("migrate the PostgreSQL database"))
    }

    /// Returns an error that names the objects which [`migrate`](Self::migrate) would create. Changes nothing.
    ///
    /// For serving roles that must not migrate, and for readiness checks. Cost: two queries.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name.
    pub async fn check(&self) -> Result<(), Error> {
        let check = async { Ok(migrations::check(&self.executor.pool, &self.prefix).await) };
        let checked = timeout::run(self.executor.timeout, check).await.map_err(SchemaError::Store).flatten();
        checked.map_err(|error| error.into_error("check the PostgreSQL database"))
    }
}

sql::impl_session_store!(PostgresStore);

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
