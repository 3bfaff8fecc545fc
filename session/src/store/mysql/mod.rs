//! `MySqlStore`: sessions in a MariaDB or MySQL database.

mod connect;
mod connection_url;
mod errors;
mod migrations;
mod statements;
mod table;
mod update;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::{MySql, MySqlPool};

use self::statements::{Isolation, Statements};
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
use crate::store::{sql, table_prefix, timeout};

/// A store in MariaDB or MySQL 8, for applications on several machines.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::MySqlStore;
///
/// let store = MySqlStore::connect("mysql://shop:password@db.internal/shop").await?;
/// store.migrate().await?;
/// # Ok(()) }
/// ```
///
/// It is cheap to clone, and clones share the connections. Most operations are one statement and one round trip. A commit
/// that compacts the stored values needs three to seven round trips. A commit that sets index entries is a transaction of
/// four, and the creation of a record with index entries too.
/// The storage layout, costs and benchmarks are described in [`docs::stores`](crate::docs::stores) and
/// [`docs::benchmarks`](crate::docs::benchmarks).
///
/// # Guarantees
///
/// - A load is one statement and therefore one consistent view. Each operation is atomic.
/// - Keys and values are binary columns. No collation, character set or JSON function changes them.
/// - Durability depends on `innodb_flush_log_at_trx_commit`. With 1, the default, a commit survives a crash. With 0 or
///   2, the commits of the last second may be lost.
/// - A failover to a lagging replica loses the latest commits. A session that was deleted by a logout may become live
///   again. Semi-synchronous replication reduces this risk. Send all operations, including loads, to the primary.
/// - The changes of one commit must fit into `max_allowed_packet`: 16 MiB in MariaDB and 64 MiB in MySQL by default.
///   Otherwise the commit fails and stores nothing. The setting must be at least 1 MiB, because older values are stored in
///   pieces of 512 KiB.
/// - A transaction that the server rolls back because of a deadlock is retried. If a connection is lost, a read is
///   retried on another connection. A write is retried only if the server certainly did not read it. Otherwise its
///   outcome is unknown: it fails, and the next operation works.
/// - A connection that was idle for 5 seconds is tested before its next use, in one round trip. A `wait_timeout` or the
///   timeout of a proxy therefore fails no operation, unless it is shorter. After 30 minutes, a connection is replaced.
/// - If the server refuses a connection, the operation fails at once, with
///   [`Unavailable::NotSent`](crate::store::Unavailable::NotSent). sqlx's pool would retry until its own timeout, so a
///   store on the application's pool opens a connection beside it if an acquisition takes longer than 20 ms. If all
///   connections are in use, an operation waits for one until the timeout, and is then not sent either.
///
/// # Requirements
///
/// The engine `InnoDB`, `autocommit`, and a `binlog_format` other than `STATEMENT` if the server writes a binary log.
/// All three are the default. A role that only serves needs these rights:
///
/// ```sql
/// GRANT SELECT, INSERT, UPDATE, DELETE ON shop.sessions TO 'app'@'%';
/// GRANT SELECT, INSERT, UPDATE, DELETE ON shop.session_index TO 'app'@'%';
/// GRANT SELECT ON shop.session_migrations TO 'app'@'%'; -- for `migrate` and `check`
/// ```
///
/// To create missing objects, [`migrate`](Self::migrate) needs `SELECT`, `INSERT`, `CREATE` and `INDEX` on the database.
///
/// Encryption needs the feature `mysql-tls`. MySQL's default authentication, `caching_sha2_password`, requires it.
#[derive(Clone)]
pub struct MySqlStore {
    executor: Executor<Statements>,
    prefix: Arc<str>,
}

impl MySqlStore {
    /// Connects to `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, with up to ten connections.
    ///
    /// Each connection sets `autocommit`, `READ COMMITTED`, a lock timeout of 5 seconds, and on Galera `wsrep_sync_wait`.
    /// Logs a warning if the server is read-only.
    ///
    /// Call [`migrate`](Self::migrate) next. Cost: one connection is opened, and closed again.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the URL is invalid, or the store could not be reached.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pool = timeout::run(timeout::DEFAULT_TIMEOUT, connect::open_pool(url)).await;
        pool.map(|pool| Self::with_pool(pool, Isolation::ReadCommitted))
            .map_err(|error| Error::store("connect to the MySQL database", error))
    }

    /// Uses the application's own pool.
    ///
    /// Disable its `test_before_acquire`, which costs one round trip per operation. The store then tests the connections
    /// only after a pause. If an operation fails, the store closes the idle connections of the pool.
    ///
    /// The best isolation level of its connections is `READ COMMITTED`. At a stricter level, concurrent deletions may have to
    /// be retried. At any level, each transaction sets `READ COMMITTED` first, in one more round trip.
    ///
    /// The connections must be in autocommit mode, and not at the level `READ UNCOMMITTED`. The first operation checks
    /// both in one round trip, and fails if they are unsuitable.
    pub fn new(pool: MySqlPool) -> Self {
        let pool = StorePool::checked_application(pool, connect::require_settings);
        Self::with_pool(pool, Isolation::Unknown)
    }

    fn with_pool(pool: StorePool<MySql>, isolation: Isolation) -> Self {
        let prefix = "session";
        let dialect = Arc::new(Statements::new(prefix, isolation));
        Self { executor: Executor { pool, dialect, timeout: timeout::DEFAULT_TIMEOUT }, prefix: prefix.into() }
    }

    /// Sets the prefix of the table names, so that applications can share a database. Default: `session`.
    ///
    /// The prefix `shop` selects the tables `shops`, `shop_index` and `shop_migrations`.
    ///
    /// # Errors
    ///
    /// - [`Config`](crate::ErrorKind::Config): the prefix is not 1 to 40 lower-case ASCII letters, digits and `_`,
    ///   starting with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        let dialect = Arc::new(Statements::new(prefix, self.executor.dialect.isolation));
        Ok(Self { executor: Executor { dialect, ..self.executor }, prefix: prefix.into() })
    }

    /// Sets the timeout of one operation, including the wait for a connection. Default: 5 seconds.
    ///
    /// The server may still execute an operation that timed out.
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
    /// Several processes may call it at once, on several nodes of a Galera cluster too. If nothing is missing, only the
    /// [rights of a serving role](Self#requirements) are needed, and a read-only server is sufficient.
    ///
    /// If it creates `session_index` beside existing sessions, it logs a warning. Then run
    /// [`SessionManager::reindex`](crate::SessionManager::reindex).
    ///
    /// Cost: three queries if nothing is missing. It is not bound by the [timeout](Self::with_timeout).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing and the role must
    ///   not create it.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name, the server writes a
    ///   binary log with `binlog_format = STATEMENT`, or the connection has `autocommit` off or the isolation level `READ
    ///   UNCOMMITTED`.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = migrations::migrate(&self.executor.pool, &self.prefix).await;
        migrated.map_err(|error| error.into_error("migrate the MySQL database"))
    }

    /// Returns an error that names the objects which [`migrate`](Self::migrate) would create. Changes nothing.
    ///
    /// For serving roles that must not migrate, and for readiness checks. Cost: three queries.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing.
    /// - [`Config`](crate::ErrorKind::Config): as for [`migrate`](Self::migrate).
    pub async fn check(&self) -> Result<(), Error> {
        let check = async { Ok(migrations::check(&self.executor.pool, &self.prefix).await) };
        let checked = timeout::run(self.executor.timeout, check).await.map_err(SchemaError::Store).flatten();
        checked.map_err(|error| error.into_error("check the MySQL database"))
    }
}

sql::impl_session_store!(MySqlStore);

impl fmt::Debug for MySqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
