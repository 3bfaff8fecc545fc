//! Sessions in an embedded SQLite database.

mod decode;
mod executor;
mod layout;
mod migrations;
mod statements;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions};

use self::executor::{Database, Undone};
use self::layout::Held;
use self::statements::Statements;
use super::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, Rejection, ScanPage, SessionInfo,
    SessionStore, StoreError, Timestamp, sql, table_prefix, timeout,
};
use crate::error::Error;
use crate::record::id::SessionId;

/// Keeps sessions in an SQLite database: for applications on one machine.
///
/// One row per session, with a log of its values. A load is one statement, and so one consistent view. Several processes
/// may share the file.
///
/// [`connect`](Self::connect) and [`open`](Self::open) open the file in WAL mode with SQLite's full synchronisation: what
/// a commit stored survives a power cut, as far as the disk keeps its word. For less, bring a pool of your own to
/// [`new`](Self::new).
///
/// An operation that takes longer than its [deadline](Self::with_timeout), behind other writers or a process that holds
/// the file, is an error, and nothing of it is stored.
///
/// # How values lie
///
/// A commit appends what changes to its session's row, in one statement that writes one page, whatever else the session
/// holds. A log that has outgrown the row's page is written anew without what was overwritten since, or moved out, as
/// the next part of a longer log. All parts are made one when they are twice as long as what they hold. That happens once
/// in some thirty small commits; there, and where the index, the expiry or a conflict has a say, a commit is a
/// transaction of a few statements.
///
/// SQLite works in a thread of its own, and to change threads twice is most of what a read costs. An ordinary operation
/// does it as often as the bare statement does, which reads or writes one row by its key and checks nothing: whoever
/// asks is woken once, when all is done. `BENCHMARKS.md` has both side by side.
///
/// # Whose pool
///
/// The connections of [`connect`](Self::connect) and [`open`](Self::open) are the store's own. None of them waits for
/// another process within SQLite, where nobody could call the wait off: a request that is given up meanwhile leaves
/// nothing behind that is carried out later. The application's pool, in [`new`](Self::new), has a busy timeout of its
/// own; there each commit is a transaction, whose beginning and end ask the database too.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::SqliteStore;
///
/// let store = SqliteStore::connect("sqlite:sessions.db").await?;
/// store.migrate().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    database: Database,
    prefix: Arc<str>,
    statements: Arc<Statements>,
}

const OPEN: &str = "open the SQLite database";

impl SqliteStore {
    /// Opens a database, `sqlite:PATH` or `sqlite::memory:`, and creates the file if it is missing. Call
    /// [`migrate`](Self::migrate) next.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the URL is not one, or the file cannot be opened or created.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        // SQLite itself takes a nameless database: one that is gone when its connection closes.
        if url.strip_prefix("sqlite:").is_none_or(|path| path.trim_start_matches('/').is_empty()) {
            let problem = "its URL is `sqlite:PATH` or `sqlite::memory:`";
            return Err(Error::store(OPEN, problem.into()));
        }
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        let opened = match SqliteConnectOptions::from_str(url) {
            Ok(options) => open(options, in_memory).await,
            Err(error) => Err(error),
        };
        Ok(Self::over(opened.map_err(|error| Error::store(OPEN, error.into()))?))
    }

    /// As [`connect`](Self::connect), for a file of any name.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the file cannot be opened or created.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(path);
        let database = open(options, false).await.map_err(|error| Error::store(OPEN, error.into()))?;
        Ok(Self::over(database))
    }

    /// Uses the application's own pool, on a database in UTF-8, as they are unless told otherwise. WAL mode and a busy
    /// timeout are recommended; no other setting matters.
    pub fn new(pool: SqlitePool) -> Self {
        Self::over(Database::shared(pool))
    }

    fn over(database: Database) -> Self {
        Self { database, prefix: "session".into(), statements: Arc::new(Statements::new("session")) }
    }

    /// How long one operation may take, waiting for other writers included. Default: 5 seconds.
    #[must_use]
    pub fn with_timeout(mut self, deadline: Duration) -> Self {
        self.database.deadline = deadline;
        self
    }

    /// Names the tables otherwise. `shop` makes them `shops`, `shop_values`, `shop_index` and `shop_migrations`; the
    /// default is `session`.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): a prefix is 1 to 40 lower-case ASCII letters, digits and `_`, and begins
    /// with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        Ok(Self { prefix: prefix.into(), statements: Arc::new(Statements::new(prefix)), ..self })
    }

    /// Creates the tables `sessions`, `session_values` and `session_index`, or brings them up to date. It may run at
    /// every start, and in several processes at once; `session_migrations` keeps what was done.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the database refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrate = self.database.transaction(async |tx| Ok(migrations::run(tx, &self.prefix).await?));
        migrate.await.map_err(|error| Error::store("migrate the SQLite database", error))
    }
}

async fn open(options: SqliteConnectOptions, in_memory: bool) -> sqlx::Result<Database> {
    let options = options.create_if_missing(true);
    let undone = Undone::default();
    let pool = undone.watch(SqlitePoolOptions::new().test_before_acquire(false));
    if in_memory {
        // A database in memory is gone when its last connection closes; so there is one, and it stays.
        let pool = pool.idle_timeout(None).max_lifetime(None).min_connections(1).max_connections(1);
        return Ok(Database::in_memory(pool.connect_with(options).await?, undone));
    }
    let options = options.journal_mode(SqliteJournalMode::Wal).busy_timeout(Duration::ZERO).disable_statement_logging();
    // One of them is the writer's.
    let pool = pool.max_connections(5);
    // The first of several processes turns a new file to WAL. The others find it locked for that moment.
    for _ in 0..100 {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if executor::is_busy(&error) => tokio::time::sleep(Duration::from_millis(20)).await,
            opened => return Ok(Database::own(opened?, undone)),
        }
    }
    Ok(Database::own(pool.connect_with(options).await?, undone))
}

impl SqliteStore {
    async fn within<T>(&self, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        timeout::run(self.database.deadline, operation).await
    }

    /// An ordinary commit, on its own. `None` if there is more to it; nothing is stored then.
    async fn commit_at_once(&self, id: &SessionId, commit: &Commit) -> Result<Option<Committed>, StoreError> {
        let Some(entries) = Statements::ordinary(commit) else { return Ok(None) };
        let row = self.database.change(|| self.statements.commit(id, commit, entries.clone())).await?;
        row.as_ref().map(decode::done).transpose()
    }

    /// The same within a transaction.
    async fn commit_ordinary(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        commit: &Commit,
    ) -> Result<Option<Committed>, StoreError> {
        let Some(entries) = Statements::ordinary(commit) else { return Ok(None) };
        // To its end: what fails there undoes the statement.
        let rows = self.statements.commit(id, commit, entries).fetch_all(tx).await?;
        rows.first().map(decode::done).transpose()
    }

    async fn commit_in(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        let row = self.statements.row(id, commit.now).fetch_optional(&mut *tx).await?;
        let Some(row) = row else { return Ok(Committed::Missing) };
        let mut record = decode::head(&row)?;
        match commit.check(&record.token, record.rotated, record.revision) {
            Some(Rejection::Replaced { rotated }) => return Ok(Committed::Replaced { rotated }),
            Some(Rejection::Conflict) => {
                let row = self.statements.load(id, commit.now).fetch_one(tx).await?;
                return Ok(Committed::Conflict(Box::new(decode::record(&row)?)));
            }
            None => {}
        }
        let mut held = decode::held(&row)?;
        held.change(&self.statements, tx, id, &commit.changes).await?;
        self.statements.index(tx, id, &commit.index).await?;
        commit.apply(&mut record);
        self.statements.update(id, &record, held).execute(tx).await?;
        Ok(Committed::Done { revision: record.revision, expires: record.expires })
    }

    async fn create_in(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        (record, held, part): (&Record, &Held, Option<&[u8]>),
        index: &[IndexChange],
    ) -> Result<bool, StoreError> {
        if self.statements.insert(id, record, held.clone()).execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(entries) = part {
            self.statements.add_part(tx, id, entries.to_vec()).await?;
        }
        self.statements.index(tx, id, index).await?;
        Ok(true)
    }

    async fn delete_in(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        proof: DeleteCondition,
        now: Timestamp,
    ) -> Result<Deleted, StoreError> {
        let row = self.statements.head(id, now).fetch_optional(&mut *tx).await?;
        let Some(record) = row.as_ref().map(decode::head).transpose()? else { return Ok(Deleted::Missing) };
        match proof {
            DeleteCondition::Token(token) if record.token != token => {
                return Ok(Deleted::Replaced { rotated: record.rotated });
            }
            DeleteCondition::IndexEntry(hash) if !self.statements.has_entry(tx, id, &hash).await? => {
                return Ok(Deleted::Missing);
            }
            _ => {}
        }
        self.statements.delete(tx, id).await?;
        Ok(Deleted::Done)
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let load = self.database.read_row(|| self.statements.load(id, now));
        self.within(load).await?.as_ref().map(decode::record).transpose()
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let (held, part) = Held::begin(&record.values);
        if part.is_none() && index.is_empty() && self.database.takes_single_statements() {
            let insert = self.database.change(|| self.statements.insert(id, record, held.clone()));
            return Ok(self.within(insert).await?.is_some());
        }
        let new = (record, &held, part.as_deref());
        let create = self.database.transaction(async |tx| self.create_in(tx, id, new, index).await);
        self.within(create).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let at_once = self.database.takes_single_statements();
        let committed = async {
            if at_once && let Some(done) = self.commit_at_once(id, commit).await? {
                return Ok(done);
            }
            let transaction = self.database.transaction(async |tx| {
                if !at_once && let Some(done) = self.commit_ordinary(tx, id, commit).await? {
                    return Ok(done);
                }
                self.commit_in(tx, id, commit).await
            });
            // It is rare, and large to be moved about.
            Box::pin(transaction).await
        };
        self.within(committed).await
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let deleted = self.database.transaction(async |tx| self.delete_in(tx, id, proof, now).await);
        self.within(deleted).await
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let rows = self.within(self.database.read(|| self.statements.find(hash, now))).await?;
        rows.iter()
            .map(|row| Ok(SessionInfo::new(decode::id(row, decode::HEAD_COLUMNS)?, &decode::head(row)?)))
            .collect()
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let after = from.map(str::parse::<SessionId>).transpose()?;
        let rows = self.within(self.database.read(|| self.statements.ids(after.as_ref(), batch))).await?;
        let mut page = ScanPage::default();
        let mut last = None;
        for row in &rows {
            let id = decode::id(row, 0)?;
            page.sessions.extend(self.load(&id, now).await?.map(|record| (id, record)));
            last = Some(id);
        }
        page.next = sql::next_cursor(last, rows.len(), batch);
        Ok(page)
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let deleted = self.database.transaction(async |tx| {
            let expired = self.statements.expired(now, batch).fetch_all(&mut *tx).await?;
            for row in &expired {
                self.statements.delete(tx, &decode::id(row, 0)?).await?;
            }
            Ok(expired.len())
        });
        self.within(deleted).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
