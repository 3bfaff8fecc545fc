//! Sessions in Redis, on one server or on a cluster.

mod connection;
mod discovery;
mod index;
pub(crate) mod layout;
mod scan;
mod scripts;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use redis::cluster::ClusterClientBuilder;
use redis::{Client, Cmd, Value};

use self::connection::{Link, Server};
use self::index::{Due, Entries, Entry, kept_until};
use self::layout::{bytes, items, take, take_len, take_number, take_rotated, take_time};
use self::scan::Place;
use super::table_prefix;
use super::timeout;
use super::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, ScanPage, SessionInfo, SessionStore,
    StoreError, Timestamp,
};
use crate::error::Error;
use crate::record::id::SessionId;

/// Keeps sessions in Redis, 6 or newer, or Valkey: on one server, or on a Redis Cluster.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::RedisStore;
///
/// let store = RedisStore::connect("redis://127.0.0.1/").await?.with_prefix("shop")?;
/// # Ok(()) }
/// ```
///
/// It is cheap to clone. All requests share one connection (one per node of a cluster), on which their commands follow
/// each other without waiting; there is no pool that could be exhausted.
///
/// # What lies where
///
/// A session is one string, `session:ID`: a head of 36 bytes, its index entries and its label; its values as a log, in
/// which the last word on a key counts; and a tail of 80 bytes with the token, the expiry, the revision and the place
/// where the log ends. A load is one `GET`, and its answer is parsed as it lies. A commit is one Lua script, and an
/// ordinary one carries out two commands: it reads the tail, and writes its changes and the new tail where the log ended.
/// It does not look at the values. A creation is one `SET … NX`.
///
/// The commit that makes a log longer than twice what it was when it was last folded, and half a kilobyte, folds it: what
/// was written over and dropped goes. That takes the server a millisecond for 1,000 keys and 11 for 10,000, and comes
/// again when as much has been written once more. A `clear` writes the session whole, and so does a label or a list of
/// index entries that outgrows its place.
///
/// By the server's own count (`INFO commandstats`, Redis 7.0), a commit of one key takes it 4 to 5 microseconds, folds
/// included and however many keys there are; a script that does nothing takes 1 of them. The log pays where values are
/// small: the folds of one that is a megabyte, and written over again and again, make each of those commits take 9
/// milliseconds.
///
/// An idle session of 10 keys, a string of 980 bytes, takes 1,200 bytes of the server's memory after its creation, and
/// 1,450 after a few commits. A session that is often written, or longer than 32 kilobytes,
/// keeps the room that Redis gives a string that grows: as much again as it has. Times and revisions are exact up to
/// 2⁵³.
///
/// # The index
///
/// The sessions that have an indexed value are the sorted set `session:index:HASH`. It may lie on another node than
/// they do, so a commit that changes an entry takes up to three round trips: add the entry, commit, drop the old one.
/// An ending takes two. [`find`](SessionStore::find) takes two however many sessions it finds. It believes only what each
/// session says of itself: it never misses one whose commit returned, and drops leftovers of commits that failed.
///
/// # Expiry
///
/// Redis drops a session by itself, a minute after it has expired: what has expired by the application's clock is not
/// returned before that either. No sweeper is needed. One that runs all the same drops sooner what has expired and
/// clears leftovers from the index; each call takes a walk (`SCAN`) over up to 32,000 keys, and the next goes on there.
///
/// # What holds, and what does not
///
/// What Redis has acknowledged can still be lost, and the application is not told:
///
/// - **Restart.** Without persistence every session is gone: everybody is signed out. With snapshots (`save`) sessions
///   are as they were at the last one: *sign-outs since then are undone, and replaced tokens work again.* With
///   `appendonly yes` that is the last second (`appendfsync everysec`), or nothing (`always`).
/// - **Failover.** Replication is asynchronous: what the old primary had not passed on is undone in the same way, *a
///   log-out among it*. `min-replicas-to-write` narrows this, and does not close it. On a cluster, a session may be
///   kept and its index entry lost, so that "sign out everywhere" misses it until it is indexed anew.
/// - **Eviction.** With another `maxmemory-policy` than `noeviction`, a server whose memory runs short drops sessions
///   and index entries as it likes; [`connect`](Self::connect) warns of it. With `noeviction` it refuses writes: those
///   requests fail, and nothing is lost.
///
/// - **Resharding.** A walk over all sessions may miss those whose slots move meanwhile: run
///   [`reindex`](crate::SessionManager::reindex) when they lie still.
///
/// The absolute end of a session is in its cookie too, and holds whatever Redis forgets.
///
/// # Errors
///
/// An operation fails if the server cannot be reached, refuses, or does not answer within the
/// [deadline](Self::with_timeout). Loads, and whatever else may be done twice, are sent again if the connection breaks
/// under them; a commit, a creation and an ending are not, since they may have been carried out. They are sent again
/// only if the server says that it did nothing: it has forgotten the script, is still loading, or has handed the key to
/// another node. The operation after a failure connects anew.
#[derive(Clone)]
pub struct RedisStore {
    link: Arc<Link>,
    prefix: Arc<str>,
    /// Where the last sweep stopped.
    swept: Arc<Mutex<Place>>,
}

impl RedisStore {
    /// Connects to a server, or to a Redis Cluster by any of its nodes; which of the two it is, the server says.
    ///
    /// The URL is `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, `redis+unix:///PATH`, or `rediss://…` with the
    /// feature `redis-tls`. Several URLs with commas between them are nodes of one cluster, of which the first that
    /// answers is asked for the others. `?protocol=resp2` is for proxies that know only the older protocol.
    ///
    /// Logs a warning if the server may evict sessions when its memory runs short.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): a URL is not one, or no server answers.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let link = discovery::connect(url).await;
        link.map(Self::over).map_err(|error| Error::store("connect to Redis", error))
    }

    /// Uses one server by the application's own client: its address, its credentials, its TLS. The first request opens
    /// the connection. The client should speak the protocol's version 3 (`?protocol=resp3`): with it, a connection that
    /// the server closed is noticed before a commit is sent on it.
    pub fn new(client: Client) -> Self {
        Self::over(Link::new(Server::One(Box::new(client)), timeout::DEFAULT_TIMEOUT))
    }

    /// Uses a Redis Cluster by the application's own settings. The client's own retries are turned off: they could carry
    /// a commit out twice. Reading from replicas must stay off, since these are behind.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the settings do not fit together.
    pub fn cluster(nodes: ClusterClientBuilder) -> Result<Self, Error> {
        let link = discovery::cluster(nodes);
        link.map(Self::over).map_err(|error| Error::store("connect to the Redis Cluster", error))
    }

    fn over(link: Link) -> Self {
        Self { link: Arc::new(link), prefix: "session".into(), swept: Arc::default() }
    }

    /// Names the keys `PREFIX:…` instead of `session:…`, so that applications can share a server.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the prefix is not 1 to 40 lower-case letters, digits and `_`, beginning
    /// with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        Ok(Self { prefix: table_prefix::validate(prefix)?.into(), ..self })
    }

    /// Gives an operation up when it has not been answered for this long. Default: 5 seconds.
    #[must_use]
    pub fn with_timeout(self, deadline: Duration) -> Self {
        Self { link: Arc::new(Link::new(self.link.server.clone(), deadline)), ..self }
    }

    fn key(&self, id: &SessionId) -> Vec<u8> {
        self.named(":", id.as_bytes())
    }

    fn index_key(&self, hash: &IndexHash) -> Vec<u8> {
        self.named(":index:", hash.as_bytes())
    }

    fn named(&self, kind: &str, bytes: &[u8]) -> Vec<u8> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut name = Vec::with_capacity(self.prefix.len() + kind.len() + 2 * bytes.len());
        name.extend_from_slice(self.prefix.as_bytes());
        name.extend_from_slice(kind.as_bytes());
        for byte in bytes {
            name.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        name
    }

    fn swept(&self) -> Place {
        self.swept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_swept(&self, place: Place) {
        *self.swept.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// Not an `async fn`: its future would have room for the operation twice.
    fn within<T>(
        &self,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> impl Future<Output = Result<T, StoreError>> {
        let deadline = self.link.deadline;
        tokio::time::timeout(deadline, operation).map(move |answer| {
            if answer.is_err() {
                self.link.doubt();
            }
            timeout::flatten(deadline, answer)
        })
    }

    async fn create_in(&self, id: &SessionId, record: &Record, entries: &Entries<'_>) -> Result<bool, StoreError> {
        let until = kept_until(Some(record.limits.absolute_end), record.last_seen);
        self.add(id, entries, until, record.last_seen).await?;
        let held = layout::written(record, &entries.packed()?, (!entries.is_empty()).then_some(until))?;
        let mut command = Cmd::with_capacity(6, 128 + held.len());
        command.arg("SET").arg(self.key(id)).arg(held).arg("NX").arg("PX");
        command.arg(layout::ttl(record.expires, record.last_seen));
        Ok(self.link.ask_once(&command).await? != Value::Nil)
    }

    /// Carries a commit out, and says which entries it has left behind in the index.
    async fn commit_in(
        &self,
        id: &SessionId,
        commit: &Commit,
        entries: &Entries<'_>,
    ) -> Result<(Committed, Vec<Entry>), StoreError> {
        let until = kept_until(commit.rotation.map(|rotation| rotation.limits.absolute_end), commit.now);
        self.add(id, entries, until, commit.now).await?;
        let call = scripts::commit(&self.key(id), commit, entries, (!entries.is_empty()).then_some(until))?;
        let committed = match self.link.call_once(&call).await? {
            Value::BulkString(reply) => {
                let Done { revision, expires, before, due } = Done::read(&reply).ok_or(CUT)?;
                if let Some(due) = &due {
                    Box::pin(self.keep(id, due, commit.now)).await?;
                }
                let replaced = Entries::read(before)?.replaced_by(&commit.index);
                return Ok((Committed::Done { revision, expires }, replaced));
            }
            Value::Nil => Committed::Missing,
            refusal => match refused(refusal)? {
                Refused::Replaced(rotated) => Committed::Replaced { rotated },
                Refused::Conflict(held) => Committed::Conflict(Box::new(layout::record(held)?)),
            },
        };
        Ok((committed, entries.all()))
    }
}

/// What a script says that does not say all.
const CUT: &str = "an answer of a script is cut short";

/// What the script says of a commit that it has carried out.
struct Done<'a> {
    revision: u64,
    expires: Timestamp,
    /// The index entries that the session had.
    before: &'a [u8],
    due: Option<Due<'a>>,
}

impl<'a> Done<'a> {
    fn read(mut rest: &'a [u8]) -> Option<Self> {
        let (expires, revision) = (take_time(&mut rest)?, take_number(&mut rest)?);
        let mut done = Self { revision, expires, before: &[], due: None };
        if !rest.is_empty() {
            let len = take_len(&mut rest)?;
            done.before = rest.split_off(..len)?;
        }
        if !rest.is_empty() {
            done.due = Some(Due { before: take(&mut rest)?, until: take_time(&mut rest)?, index: rest });
        }
        Some(done)
    }
}

/// Why a script did nothing to a live session.
enum Refused {
    /// Its token was last replaced then.
    Replaced(Option<Timestamp>),
    /// It has changed since, into this.
    Conflict(Vec<u8>),
}

/// What a script says in two words.
fn refused(reply: Value) -> Result<Refused, StoreError> {
    let [kind, held] = <[Value; 2]>::try_from(items(reply)?).map_err(|_| CUT)?;
    let held = bytes(held)?;
    Ok(match &*bytes(kind)? {
        b"replaced" => Refused::Replaced(take_rotated(&mut &*held).ok_or(CUT)?),
        _ => Refused::Conflict(held),
    })
}

/// What the script that ends a session did, and the entries that the session had.
fn deleted(reply: Value) -> Result<(Deleted, Vec<Entry>), StoreError> {
    Ok(match reply {
        Value::BulkString(index) => (Deleted::Done, Entries::read(&index)?.all()),
        Value::Nil => (Deleted::Missing, Vec::new()),
        refusal => match refused(refusal)? {
            Refused::Replaced(rotated) => (Deleted::Replaced { rotated }, Vec::new()),
            Refused::Conflict(_) => return Err(CUT.into()),
        },
    })
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.within(self.record(id, now)).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let entries = Entries::new(index);
        let created = self.within(self.create_in(id, record, &entries)).await?;
        if !created {
            self.drop_entries(id, entries.all()).await;
        }
        Ok(created)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let entries = Entries::new(&commit.index);
        let (committed, left) = self.within(self.commit_in(id, commit, &entries)).await?;
        self.drop_entries(id, left).await;
        Ok(committed)
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let call = scripts::delete(&self.key(id), proof, now);
        let (deleted, left) = self.within(async { deleted(self.link.call_once(&call).await?) }).await?;
        self.drop_entries(id, left).await;
        Ok(deleted)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        self.look_up(hash, now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        self.within(self.page(from, batch, now)).await
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        self.within(self.sweep(now, batch)).await
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
