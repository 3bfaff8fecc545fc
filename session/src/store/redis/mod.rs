//! `RedisStore`: sessions in Redis or Valkey, on one server, behind Sentinel, or on a cluster.

mod commit;
mod connection;
mod discovery;
mod errors;
mod index;
mod keyspace;
pub(crate) mod layout;
mod scan;
mod scripts;
mod sentinel;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::Client;
use redis::cluster::ClusterClientBuilder;

use self::connection::{Server, SharedConnection};
use self::index::IndexEntries;
use self::keyspace::Keyspace;
use self::scan::SweepCursor;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
use crate::store::table_prefix;
use crate::store::timeout::DEFAULT_TIMEOUT;

/// A session store in Redis 6 or newer, or Valkey: on one server, behind Redis Sentinel, or on a Redis Cluster.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::RedisStore;
///
/// let store = RedisStore::connect("redis://127.0.0.1/").await?.with_prefix("shop")?;
/// # Ok(()) }
/// ```
///
/// Cheap to clone. All requests share one connection (one per node of a cluster) and pipeline their commands on it.
///
/// # Cost
///
/// Load, creation and commit take one round trip. With index changes, a creation takes two, and a deletion two. A commit
/// that sets an indexed value takes three, and four if it replaces another value. [`find`](SessionStore::find) takes two round trips per page. Redis cannot count
/// sessions without reading all keys, so [`count`](crate::SessionManager::count) returns `None`. The
/// [benchmarks](crate::docs::benchmarks) contain latencies. Times and revisions are exact up to 2⁵³.
///
/// # Expiry
///
/// Redis deletes a session one minute after its expiry, so no sweeper is needed. With a sweeper, expired sessions and
/// stale index entries are deleted sooner. Each of its calls scans (`SCAN`) up to 32,000 keys, and the next call
/// continues there.
///
/// # Durability
///
/// Redis can lose acknowledged commits, and the application is not notified. The page [stores](crate::docs::stores)
/// compares this with the other stores.
///
/// - **Restart.** Without persistence, all sessions are lost and all users are logged out. With snapshots (`save`),
///   Redis restores the last one: *later logouts are undone, and rotated tokens are valid again.* With an append-only
///   file (`appendonly yes`), Redis loses the last second (`appendfsync everysec`) or nothing (`always`).
/// - **Failover.** Replication is asynchronous. If the primary crashes, commits that the replica did not receive are
///   undone, including logouts. `min-replicas-to-write` makes this less likely. A cluster may keep a session and lose its index entry, so that a
///   logout of all sessions of a user misses it until [`reindex`](crate::SessionManager::reindex).
/// - **Eviction.** With a `maxmemory-policy` other than `noeviction`, Redis may delete sessions and index entries when
///   its memory runs short. [`connect`](Self::connect) logs a warning. With `noeviction`, writes fail and nothing is
///   lost.
/// - **Resharding.** A scan may miss sessions whose slots migrate during the scan. Run
///   [`reindex`](crate::SessionManager::reindex) after the migration.
///
/// The session cookie also contains the absolute end, so it is enforced in all of these cases.
///
/// # Sentinel
///
/// With a `redis+sentinel://` URL, the store connects to the primary that the sentinels name. When a failover starts, it
/// leaves the primary at once. During a planned failover, which takes about a second, operations wait for the new primary
/// and then succeed. If the primary has crashed, operations fail at once until the sentinels have replaced it. Commits are
/// sent only to a server that is the primary.
///
/// All sentinels must be in the URL, because only the one that leads a failover announces it in time. A store that is
/// connected to the primary by its address does not notice a planned failover. Commits that the old primary acknowledges
/// until it is demoted, for about ten seconds, are then lost.
///
/// # Rights
///
/// The user of the application needs these rights, for the default prefix:
///
/// ```text
/// ACL SETUSER app on >PASSWORD ~session:* +eval +evalsha +get +getrange +hello +info +pexpire +ping +pttl +role
///     +scan +set +setrange +strlen +time +unlink +zadd +zrangebylex +zrem +zremrangebyscore +zscore
/// ```
///
/// A change whose command is refused is not stored, and its error names the command. Some rights may be omitted:
///
/// - `hello`: the store uses RESP2 and does not notice a closed connection before a commit is sent on it.
/// - `info`: the store does not warn of evictions and replicas, and does not detect a cluster.
/// - `role`: needed only with Sentinel. Without it, the store does not check that the named server is the primary.
/// - `strlen`: index entries of sessions that are renewed beyond their absolute end are not extended. A warning is logged.
/// - `zrem`: stale index entries remain until they expire.
///
/// On a cluster, the user also needs `+cluster|slots +asking`. The user of the sentinels needs these rights:
///
/// ```text
/// user app on >PASSWORD resetchannels &+try-failover &+switch-master
///     +sentinel|master +sentinel|get-master-addr-by-name +subscribe +hello
/// ```
///
/// # Errors
///
/// An operation fails if the server cannot be reached, returns an error, or does not reply within the
/// [timeout](Self::with_timeout). The next operation reconnects.
///
/// If no connection can be opened, the operation fails with
/// [`Unavailable::NotSent`](crate::store::Unavailable::NotSent): at once if the server refuses it, and otherwise at the
/// timeout. The error of a server that is still loading its data, or is read-only, is of this type too. On a cluster, a
/// node that fails leaves the outcome unknown; without any node, operations are not sent.
///
/// Loads and other idempotent commands are retried if the connection breaks. A commit, a creation or a deletion may
/// have been executed, so it is retried only if the server reports that it did nothing. Such a server does not know the
/// script, is still loading its data, or handed the key to another node.
#[derive(Clone)]
pub struct RedisStore {
    keyspace: Keyspace,
    sweep_cursor: SweepCursor,
}

impl RedisStore {
    /// Connects to a server, to the primary of sentinels, or to a Redis Cluster through any of its nodes. Detects
    /// a cluster.
    ///
    /// - **Server:** `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]` or `redis+unix:///PATH`.
    /// - **Sentinel:** `redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT],HOST[:PORT]/NAME[/DATABASE]` with the addresses of
    ///   all sentinels and the name of the primary. User, password and database are those of the primary. The options
    ///   `?sentinel_username=USER&sentinel_password=PASSWORD` are for the sentinels.
    /// - **Cluster:** the URL of a node, or several, separated by commas. The first node that responds is used to discover
    ///   the others.
    ///
    /// With the feature `redis-tls`, `rediss://` and `rediss+sentinel://` use TLS, the latter for the sentinels too.
    /// `?protocol=resp2` is for proxies that only support the older protocol.
    ///
    /// Logs a warning if the server may evict sessions when its memory runs short, or is a replica.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): a URL is invalid, the port belongs to a sentinel, or the store could not be
    /// reached.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let connection = discovery::connect(url).await;
        connection.map(Self::from_connection).map_err(|error| Error::store("connect to Redis", error))
    }

    /// Uses one server with the application's own client. Does no I/O: the first request connects.
    ///
    /// The client should use RESP3 (`?protocol=resp3`). With RESP3, a connection that the server closed is detected
    /// before a commit is sent on it.
    pub fn new(client: Client) -> Self {
        Self::from_connection(SharedConnection::new(Server::Single(Box::new(client)), DEFAULT_TIMEOUT))
    }

    /// Uses a Redis Cluster with the application's own settings. Does no I/O: the first request connects.
    ///
    /// The client's own retries are turned off, because they could send a commit twice. Do not enable reads from
    /// replicas: replicas return old data.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the settings are inconsistent.
    pub fn cluster(nodes: ClusterClientBuilder) -> Result<Self, Error> {
        let connection = discovery::new_cluster(nodes);
        connection.map(Self::from_connection).map_err(|error| Error::store("connect to the Redis Cluster", error))
    }

    fn from_connection(connection: SharedConnection) -> Self {
        let keyspace = Keyspace { connection: Arc::new(connection), prefix: "session".into() };
        Self { keyspace, sweep_cursor: SweepCursor::default() }
    }

    /// Sets the prefix of all keys, `session` by default, so that applications can share a server.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the prefix is not 1 to 40 lower-case letters, digits and `_`, or does not
    /// begin with a letter.
    pub fn with_prefix(mut self, prefix: &str) -> Result<Self, Error> {
        self.keyspace.prefix = table_prefix::validate(prefix)?.into();
        Ok(self)
    }

    /// Sets the timeout of an operation, including the time to connect. Default: 5 seconds.
    ///
    /// [`SessionConfig::store_timeout`](crate::SessionConfig::store_timeout) is 5 seconds by default too. The shorter of both
    /// applies.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.keyspace.connection = Arc::new(self.keyspace.connection.with_timeout(timeout));
        self
    }

    fn within<T>(
        &self,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> impl Future<Output = Result<T, StoreError>> {
        self.keyspace.connection.within(operation)
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.within(self.keyspace.load(id, now)).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let entries = IndexEntries::from_changes(index, record.created);
        let is_created = self.within(self.keyspace.create(id, record, &entries)).await?;
        if !is_created {
            self.keyspace.remove_entries(id, entries.to_vec()).await;
        }
        Ok(is_created)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let send = async {
            let Some(entries) = self.keyspace.new_entries(id, &commit.index).await? else {
                return Ok((Committed::Missing, Vec::new()));
            };
            self.keyspace.commit(id, commit, &entries).await
        };
        let (committed, obsolete) = self.within(send).await?;
        self.keyspace.remove_entries(id, obsolete).await;
        Ok(committed)
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let (deleted, obsolete) = self.within(self.keyspace.delete(id, condition, now)).await?;
        self.keyspace.remove_entries(id, obsolete).await;
        Ok(deleted)
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        self.keyspace.find_sessions(hash, after, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        self.keyspace.find_records(hash, after, limit, now).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.within(self.keyspace.scan(cursor, limit, now)).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.within(self.keyspace.delete_expired(&self.sweep_cursor, now, limit)).await
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.keyspace.prefix).finish_non_exhaustive()
    }
}
