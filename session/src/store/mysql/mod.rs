//! Sessions in MariaDB or MySQL.

mod commit;
mod decode;
mod executor;
mod migrations;
mod outcome;
mod statements;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::mysql::{MySql, MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions, MySqlRow};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use self::commit::Long;
use self::executor::{Answer, Kind, Query};
use self::statements::Statements;
use super::pool::StorePool;
use super::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, ScanPage, SessionInfo, SessionStore,
    StoreError, Timestamp, sql, table_prefix, timeout, value_log,
};
use crate::error::Error;
use crate::record::id::SessionId;

/// Keeps sessions in MariaDB or MySQL 8: for applications on several machines.
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
/// # What it costs
///
/// Each operation is one statement and one round trip; the few commits that an update has to leave to a call (see below)
/// are two. `load`, `find` and `scan` are queries: one statement, and so one consistent view. A commit that writes keys,
/// extends the session or replaces its token is one update of one row, which commits by itself; its outcome comes with the
/// acknowledgement. What writes more than that is a call of a stored procedure, which takes the session's row lock first
/// and sees everything that was committed before it got it: commits with index entries, a label, a cleared session or a
/// revision to compare, and those of more than 476 bytes. Of the values, the changed keys travel and no others. A
/// connection prepares each statement once, at its first use. An application's own pool tests each connection that it gets
/// back: one more command for the server, which no request waits for. The connections of [`connect`](Self::connect) are
/// tested once a minute.
///
/// The values of a session are a log of what was written, in which the last word on a key counts. The session's own row has
/// up to four kilobytes of it, and what is more lies in further rows under the same id, which a load finds with the same
/// look: a session that is not large has none. What the last commit wrote lies in a column that is always half a kilobyte
/// long, so that writing there rewrites nothing else: the server's own log gets that column and not the row. A commit writes
/// over it if both wrote one and the same key, of up to 30 bytes; if not, the same statement moves what was there behind the
/// rest. A log of twice what it has to be is folded by the next commit of the same process, which is a call then. If no
/// process commits twice, the row grows up to 64 kB, and the update that finds it so leaves the commit to the procedure. So
/// it does with a revision of two million or an expiry in 69 years, of which it has no room to tell.
///
/// Microseconds of a statement at one client (medians of five rounds; MariaDB 10.11, which writes to the disk before it answers,
/// over loopback, on two processors that are kept awake):
///
/// | keys of the session | 1 | 10 | 100 | 1,000 |
/// | --- | --- | --- | --- | --- |
/// | one value read by its primary key | 19 | 19 | 19 | 19 |
/// | load all | 23 | 23 | 28 | 53 |
/// | one value updated by its primary key | 99 | 98 | 95 | 94 |
/// | commit one key | 106 | 107 | 107 | 107 |
///
/// The server looks at every name, number and function of a statement anew each time, so an update has as few of them as
/// it can. What it does right after it has waited for the disk takes it longer: a load takes 31 µs there, and the bare
/// statement 22.
///
/// # What holds
///
/// - Keys and values are binary columns: no collation folds them, no character set or JSON function rewrites them.
/// - A commit that was acknowledged is as durable as the server's `innodb_flush_log_at_trx_commit` says: with 1, the
///   default, it survives a crash; with 0 or 2, the last second may be lost.
/// - A failover to a replica that lagged behind undoes what it had not received: a sign-out may be among it, and then
///   the session is alive again. Semi-synchronous replication narrows that. All operations, loads too, must go to the
///   primary.
/// - All that one commit changes must fit into one packet: `max_allowed_packet`, which is 16 MiB in MariaDB and 64 MiB
///   in MySQL unless it is set. More is an error, and nothing of it is stored. If it is lowered later, a session that holds
///   more under one key can no longer be read.
/// - A transaction that the server undoes to break a deadlock is tried again. When a connection is lost, a query is
///   asked again on a new one; what writes is not, since it may have been carried out: it is an error, and the next
///   operation works.
///
/// # What it needs
///
/// The engine `InnoDB`, and a `binlog_format` other than `STATEMENT`: both are the default. The migration creates
/// tables and procedures, and the procedures run with the rights of who calls them:
///
/// ```sql
/// GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON shop.* TO 'shop'@'%';
/// GRANT CREATE, CREATE ROUTINE, ALTER ROUTINE ON shop.* TO 'shop'@'%'; -- for `migrate` alone
/// ```
///
/// Encryption comes with the feature `mysql-tls`. The password check that is MySQL's default, `caching_sha2_password`,
/// asks for it.
#[derive(Clone)]
pub struct MySqlStore {
    pool: StorePool<MySql>,
    deadline: Duration,
    prefix: Arc<str>,
    statements: Arc<Statements>,
    long: Arc<Long>,
}

impl MySqlStore {
    /// Connects to `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, with up to ten connections. Call
    /// [`migrate`](Self::migrate) next.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the URL is not one, or the server does not answer or refuses.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let opened = timeout::run(timeout::DEFAULT_TIMEOUT, async { Ok(open(url).await?) }).await;
        opened
            .map(|pool| Self::with(StorePool::owned(pool)))
            .map_err(|error| Error::store("connect to the MySQL database", error))
    }

    /// Uses the application's own pool. Turn `test_before_acquire` off, or each operation is two round trips. Its
    /// connections must be in autocommit mode, as they are by default. Whenever an operation fails, the connections
    /// that lie idle in it are closed.
    pub fn new(pool: MySqlPool) -> Self {
        Self::with(StorePool::shared(pool))
    }

    fn with(pool: StorePool<MySql>) -> Self {
        let prefix = "session";
        let statements = Arc::new(Statements::new(prefix));
        Self { pool, deadline: timeout::DEFAULT_TIMEOUT, prefix: prefix.into(), statements, long: Arc::default() }
    }

    /// Begins the names of tables and procedures with `prefix` instead of `session`, so that several applications can
    /// share a database: `shop` keeps its sessions in `shops` and `shop_index`, and folds long logs in `shop_folding`.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): it is not 1 to 40 lower-case ASCII letters, digits and `_`, beginning
    /// with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        Ok(Self { prefix: prefix.into(), statements: Arc::new(Statements::new(prefix)), long: Arc::default(), ..self })
    }

    /// How long an operation may take, the wait for a connection included, until it is given up as an error. What it
    /// was doing may still be carried out. Default: 5 seconds.
    #[must_use]
    pub fn with_timeout(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Creates the tables `sessions`, `session_index` and `session_folding` and the procedures, or brings them up to
    /// date. It may run at every start, and in several processes at once (on one node of a Galera cluster);
    /// `session_migrations` keeps what was done. Procedures carry a number, so that servers of the release before go
    /// on with theirs.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the database refuses; for lack of a right, see [above](Self#what-it-needs).
    /// Also if it has a table `sessions` that another library made.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = migrations::migrate(&self.pool, &self.prefix).await;
        migrated.map_err(|error| Error::store("migrate the MySQL database", error))
    }

    /// Asks the database within the deadline.
    async fn ask<A: Answer>(
        &self,
        kind: Kind,
        statement: &Arc<str>,
        bind: impl Fn(Query) -> Query + Send + Sync,
    ) -> Result<A, StoreError> {
        let query = || bind(sqlx::query(AssertSqlSafe(Arc::clone(statement))));
        let answer = timeout::run(self.deadline, executor::ask(&self.pool, kind, query)).await;
        answer.inspect_err(|_| executor::close_idle(&self.pool))
    }
}

async fn open(url: &str) -> sqlx::Result<MySqlPool> {
    if !["mysql://", "mariadb://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(sqlx::Error::Configuration("its URL is `mysql://USER:PASSWORD@HOST:PORT/DATABASE`".into()));
    }
    let options = MySqlConnectOptions::from_str(url)?;
    // A pool would go on trying where nobody listens, and then say no more than that it took too long.
    MySqlConnection::connect_with(&options).await?.close().await?;
    let pool = MySqlPoolOptions::new().test_before_acquire(false).after_connect(|connection, _| {
        // Who waits longer for a row has been given up: let the server give up too.
        Box::pin(async move { connection.execute("SET SESSION innodb_lock_wait_timeout = 5").await.map(drop) })
    });
    Ok(pool.connect_lazy_with(options))
}

#[async_trait]
impl SessionStore for MySqlStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let id = &id.as_bytes()[..];
        let rows: Vec<_> = self.ask(Kind::Reads, &self.statements.load, |query| query.bind(id)).await?;
        Ok(decode::record(&rows)?.filter(|record| record.is_live(now)))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let (values, index, revision) =
            (value_log::encode_values(&record.values), index_list(index), i64::try_from(record.revision)?);
        let bind = |query: Query| {
            query
                .bind(&id.as_bytes()[..])
                .bind(&record.token.as_bytes()[..])
                .bind(record.created.as_millis())
                .bind(record.rotated.map(Timestamp::as_millis))
                .bind(record.last_seen.as_millis())
                .bind(record.expires.as_millis())
                .bind(idle_millis(record.limits.idle))
                .bind(record.limits.absolute_end.as_millis())
                .bind(record.label.as_deref().map(str::as_bytes))
                .bind(revision)
                .bind(&values)
                .bind(&index)
        };
        let rows: Vec<MySqlRow> = self.ask(Kind::Writes, &self.statements.create, bind).await?;
        Ok(rows.first().ok_or("a creation has an outcome")?.try_get::<i64, _>(0)? != 0)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.carry_out(id, commit).await
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let (token, entry) = match &proof {
            DeleteCondition::Token(token) => (Some(&token.as_bytes()[..]), None),
            DeleteCondition::IndexEntry(hash) => (None, Some(&hash.as_bytes()[..])),
            DeleteCondition::None => (None, None),
        };
        let bind = |query: Query| query.bind(&id.as_bytes()[..]).bind(now.as_millis()).bind(token).bind(entry);
        decode::deleted(&self.ask::<Vec<_>>(Kind::Writes, &self.statements.delete, bind).await?)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let bind = |query: Query| query.bind(&hash.as_bytes()[..]).bind(now.as_millis());
        self.ask::<Vec<_>>(Kind::Reads, &self.statements.find, bind).await?.iter().map(decode::found).collect()
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let from = from.map(str::parse::<SessionId>).transpose()?.unwrap_or(SessionId::from_bytes([0; 16]));
        let bind = |query: Query| query.bind(&from.as_bytes()[..]).bind(sql::to_i64(batch));
        let rows: Vec<MySqlRow> = self.ask(Kind::Reads, &self.statements.scan, bind).await?;
        let mut page = ScanPage::default();
        let (mut last, mut len) = (None, 0);
        for rows in rows.chunk_by(decode::are_of_one_session) {
            let (id, record) = (decode::session(&rows[0])?, decode::record(rows)?);
            page.sessions.extend(record.filter(|record| record.is_live(now)).map(|record| (id, record)));
            (last, len) = (Some(id), len + 1);
        }
        page.next = sql::next_cursor(last.as_ref().and_then(successor), len, batch);
        Ok(page)
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let bind = |query: Query| query.bind(now.as_millis()).bind(sql::to_i64(batch));
        let rows: Vec<MySqlRow> = self.ask(Kind::Writes, &self.statements.sweep, bind).await?;
        let dropped: i64 = rows.first().ok_or("a sweep has a count")?.try_get(0)?;
        Ok(usize::try_from(dropped)?)
    }
}

/// Index entries on their way to a procedure. A hash is not text, but what the log's format holds need not be.
fn index_list(changes: &[IndexChange]) -> Vec<u8> {
    let mut list = Vec::new();
    for change in changes {
        value_log::push_entry(&mut list, &change.key, change.hash.as_ref().map(|hash| &hash.as_bytes()[..]));
    }
    list
}

/// The next id after this one, if there is one.
fn successor(id: &SessionId) -> Option<SessionId> {
    let next = u128::from_be_bytes(*id.as_bytes()).checked_add(1)?;
    Some(SessionId::from_bytes(next.to_be_bytes()))
}

/// At most 3,170 years, so that the procedures' arithmetic stays in its bounds.
fn idle_millis(idle: Duration) -> i64 {
    const MAX_IDLE_MS: i64 = 100_000_000_000_000;
    sql::to_millis(idle).min(MAX_IDLE_MS)
}

impl fmt::Debug for MySqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
