//! Opens the connections of a file, and the connection of a database in memory.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};

use crate::store::pool::StorePool;
use crate::store::sqlite::database_file::DatabaseFile;
use crate::store::sqlite::errors::is_busy;
use crate::store::sqlite::executor::{Executor, RollbackCounter};

/// One connection for the writer, four for readers. More would not help: SQLite has one writer at a time.
const MAX_CONNECTIONS: usize = 5;

/// Opens the only connection. It must never close: SQLite would delete the database.
pub(super) async fn open_in_memory(options: SqliteConnectOptions) -> sqlx::Result<Executor> {
    let rollbacks = RollbackCounter::default();
    let watched = rollbacks.clone();
    let pool = SqlitePoolOptions::new().test_before_acquire(false).after_connect(move |connection, _| {
        let rollbacks = watched.clone();
        Box::pin(async move { rollbacks.watch(connection).await })
    });
    let pool = pool.idle_timeout(None).max_lifetime(None).min_connections(1).max_connections(1);
    Ok(Executor::in_memory(pool.connect_with(options).await?, rollbacks))
}

/// Opens a file, and creates it if it is missing.
pub(super) async fn open_file(options: SqliteConnectOptions) -> sqlx::Result<Executor> {
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let options = options.busy_timeout(Duration::ZERO).disable_statement_logging();
    create_file(&options).await?;
    let file = DatabaseFile::new(options.get_filename());
    file.remember();
    // A deleted file must not become an empty one.
    let options = options.create_if_missing(false);
    let rollbacks = RollbackCounter::default();
    let watched = rollbacks.clone();
    let open = move || connect(options.clone(), watched.clone());
    Ok(Executor::owned(StorePool::own_embedded(MAX_CONNECTIONS, open), file, rollbacks))
}

/// The first process switches a new file to WAL mode, and locks it during the switch.
async fn create_file(options: &SqliteConnectOptions) -> sqlx::Result<()> {
    const ATTEMPTS: u32 = 100;
    const RETRY_DELAY: Duration = Duration::from_millis(20);

    for _ in 1..ATTEMPTS {
        match options.connect().await {
            Err(error) if is_busy(&error) => tokio::time::sleep(RETRY_DELAY).await,
            connection => return connection?.close().await,
        }
    }
    options.connect().await?.close().await
}

async fn connect(options: SqliteConnectOptions, rollbacks: RollbackCounter) -> sqlx::Result<SqliteConnection> {
    let mut connection = options.connect().await?;
    rollbacks.watch(&mut connection).await?;
    Ok(connection)
}
