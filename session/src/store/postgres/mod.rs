//! Sessions in a PostgreSQL database.

mod decode;
mod executor;
mod migrations;
mod statements;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Connection, Postgres, Row};

use self::executor::{Server, redact};
use self::statements::Statements;
use super::pool::StorePool;
use super::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, ScanPage, SessionInfo, SessionStore,
    StoreError, Timestamp, sql, table_prefix, timeout,
};
use crate::error::Error;
use crate::record::id::SessionId;

/// Keeps sessions in a PostgreSQL database: version 11 or later, tested on 15.
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
/// # What holds
///
/// Every operation is one statement, sent in one round trip. A commit takes the row's lock first and then sees all that
/// was committed before: it is an update of one row, or where that does not suffice, in the same statement, the call of a
/// function each of whose statements sees what the lock was waited for. A load is one statement, and so one consistent
/// view. PostgreSQL's default isolation, `READ COMMITTED`, is what they are made for: under a stricter default requests
/// that race fail with an error instead.
///
/// What a commit stored survives a crash of the server, as long as `fsync` and `synchronous_commit` are on, as they are
/// by default. A failover to an asynchronous standby may lose the last commits, and so undo a sign-out or a revocation;
/// with `synchronous_standby_names` it does not.
///
/// An operation that takes longer than its [deadline](Self::with_timeout) is an error, and its connection is closed. A
/// read that meets a broken connection is asked again on another one; a change is not, since it may have been carried
/// out, but it has the pool test its other connections, so that a restart of the server fails one change and not one for
/// each connection. A server may work on behind a closed connection for as long as it waits for a lock: the setting
/// `lock_timeout`, for the role or as `?options[lock_timeout]=5s` in the URL, ends that.
///
/// The tables are found by the connection's `search_path`. A role that only uses them needs `SELECT`, `INSERT`,
/// `UPDATE` and `DELETE` on them. A `log_statement` that logs parameters logs stored values.
///
/// # How values lie
///
/// What a session of little holds lies in its row, as a log: a commit puts its changes in front, and of the entries of one
/// key the first one counts. So the ordinary commit updates one row, and a load reads that row and nothing else. Where the
/// log would grow over 1,500 bytes, the commit folds it: what was overwritten is left out. If more than 1,000 bytes remain,
/// the session has a row for each key from then on, until it is cleared, and a commit of one key costs as much however
/// many there are.
///
/// What the server works for a request that loads, or that changes one key, in microseconds of its processor, at 32
/// clients with the default `fsync` (medians of five rounds):
///
/// | keys | 1 | 10 | 100 | 1,000 |
/// | --- | --- | --- | --- | --- |
/// | load: the bare statement on one row | 17 | 16 | 17 | 17 |
/// | **load** | **22** | **18** | **44** | **224** |
/// | commit: the bare statement on one row | 37 | 38 | 38 | 38 |
/// | **commit of one key** | **62** | **55** | **60** | **61** |
///
/// One changed key of 10 writes about 210 bytes of write-ahead log, folds included, and 1,340 if changes are put behind:
/// PostgreSQL logs what lies between the parts of a row that stay. Commits leave indexed columns alone, but for the few
/// that move the expiry: they are HOT updates, which touch no index. The tables leave room for that on each page; a
/// session of 10 keys and 850 bytes takes 1,440, with its indexes.
///
/// # What it costs
///
/// | operation | work |
/// | --- | --- |
/// | load | a read of one row; beyond 1,000 bytes, of a row for each key |
/// | create | one row, and one for each index entry; beyond 1,000 bytes, one for each key |
/// | commit | an update of one row, and of each changed index entry; beyond 1,000 bytes, of each changed key |
/// | find | a read of the index, and of each session found |
/// | [`delete_expired`](crate::SessionManager::delete_expired) | walks the index on the expiry; several servers may sweep at once |
///
/// The first use of a statement on a connection prepares it, in a round trip of its own. An application's own pool tests
/// each connection that it gets back, after the answer and beside the request: a second round trip, which the server
/// notices and no request waits for. The connections of [`connect`](Self::connect) are tested once a minute, and before
/// they are used after a minute of idleness.
#[derive(Clone)]
pub struct PostgresStore {
    server: Server,
    prefix: Arc<str>,
    statements: Arc<Statements>,
}

impl PostgresStore {
    /// Connects to `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with a pool of at most 10 connections. Call
    /// [`migrate`](Self::migrate) next.
    ///
    /// TLS takes the feature `postgres-tls`, and is then used if the server offers it: `?sslmode=verify-full` in the URL
    /// insists on it.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the URL is not one, or the server cannot be reached or refuses.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pool = timeout::run(timeout::DEFAULT_TIMEOUT, open(url)).await;
        Ok(Self::with(StorePool::owned(pool.map_err(|error| Error::store("connect to PostgreSQL", error))?)))
    }

    /// Uses the application's own pool. Turn its `test_before_acquire` off: the test is a round trip of its own before
    /// each operation.
    ///
    /// Behind a proxy that gives out connections by the transaction, prepared statements must be known to the proxy, or
    /// turned off by a `statement_cache_capacity` of 0.
    pub fn new(pool: PgPool) -> Self {
        Self::with(StorePool::shared(pool))
    }

    fn with(pool: StorePool<Postgres>) -> Self {
        Self {
            server: Server { pool, deadline: timeout::DEFAULT_TIMEOUT },
            prefix: "session".into(),
            statements: Arc::new(Statements::new("session")),
        }
    }

    /// Names the tables and functions otherwise. `shop` makes the tables `shops`, `shop_values`, `shop_index` and
    /// `shop_migrations`; the default is `session`.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): a prefix is 1 to 40 lower-case ASCII letters, digits and `_`, and begins
    /// with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        Ok(Self { prefix: prefix.into(), statements: Arc::new(Statements::new(prefix)), ..self })
    }

    /// How long one operation may take, waiting for a connection included, whatever the pool's own limit for that is.
    /// Default: 5 seconds.
    #[must_use]
    pub fn with_timeout(mut self, deadline: Duration) -> Self {
        self.server.deadline = deadline;
        self
    }

    /// Creates the tables and functions, or brings them up to date. It may run at every start, and in several processes
    /// at once; the table `session_migrations` keeps what was done. It has no deadline.
    ///
    /// They go into the first schema of the search path; a later release's go where these are.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the database refuses; also if it has a table of one of these names already.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = self.server.migrate(&self.prefix).await;
        migrated.map_err(|error| Error::store("migrate the PostgreSQL database", redact(error)))
    }
}

async fn open(url: &str) -> Result<PgPool, StoreError> {
    // The driver would take any URL for one of its own.
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("its URL is `postgres://USER:PASSWORD@HOST:PORT/DATABASE`".into());
    }
    let options = PgConnectOptions::from_str(url).map_err(redact)?;
    // A pool would go on trying where nobody listens, and then say no more than that it took too long.
    PgConnection::connect_with(&options).await.map_err(redact)?.close().await.map_err(redact)?;
    // While nobody listens, the pool tries again after a fifth of this time at the latest.
    let pool = PgPoolOptions::new().test_before_acquire(false).acquire_timeout(timeout::DEFAULT_TIMEOUT);
    let pool = pool.before_acquire(|connection, meta| Box::pin(is_usable(connection, meta.idle_for)));
    Ok(pool.connect_lazy_with(options))
}

/// What the network or the server closes for having been idle too long would fail the change that comes next.
async fn is_usable(connection: &mut PgConnection, idle_for: Duration) -> sqlx::Result<bool> {
    const LONG: Duration = Duration::from_mins(1);
    const PATIENCE: Duration = Duration::from_secs(1);
    Ok(idle_for < LONG || matches!(tokio::time::timeout(PATIENCE, connection.ping()).await, Ok(Ok(()))))
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let row = self.server.read_one(|| self.statements.load(id)).await?;
        let record = row.as_ref().map(decode::load).transpose()?;
        Ok(record.filter(|record| record.is_live(now)))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        Ok(self.server.write(|| self.statements.create(id, record, index)).await?.is_some())
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        decode::committed(&one(self.server.write(|| self.statements.commit(id, commit)).await?)?)
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        decode::deleted(&one(self.server.write(|| self.statements.delete(id, &proof, now)).await?)?)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let rows = self.server.read_all(|| self.statements.find(hash, now)).await?;
        rows.iter().map(decode::found).collect()
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let after = from.map(str::parse::<SessionId>).transpose()?;
        let rows = self.server.read_all(|| self.statements.scan(after.as_ref(), batch, now)).await?;
        let sessions = rows.iter().map(decode::scanned).collect::<Result<Vec<_>, StoreError>>()?;
        let next = sql::next_cursor(sessions.last().map(|(id, _)| *id), sessions.len(), batch);
        Ok(ScanPage::new(sessions, next))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let row = one(self.server.write(|| self.statements.sweep(now, batch)).await?)?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?)?)
    }
}

fn one(row: Option<PgRow>) -> Result<PgRow, StoreError> {
    row.ok_or_else(|| "the statement gave no row".into())
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
