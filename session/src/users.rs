//! The sessions of one user: to list, to end, and to open without a browser.

use std::sync::Arc;
use std::time::SystemTime;

use crate::error::Error;
use crate::id::SessionId;
use crate::index::{Capped, IndexHash};
use crate::json::Place;
use crate::key::IndexKey;
use crate::manager::SessionManager;
use crate::session::Session;
use crate::shared::Manager;
use crate::store::{Commit, Committed, Deleted, Found, Proof, Record};

/// One session of a list of a user's sessions.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// The session's public id.
    pub id: SessionId,
    /// When it began.
    pub created: SystemTime,
    /// The last use that the store noted.
    pub last_seen: SystemTime,
    /// When it expires unless it is used.
    pub expires: SystemTime,
    /// What [`set_label`](Session::set_label) said.
    pub label: Option<String>,
}

impl From<Found> for SessionInfo {
    fn from(found: Found) -> Self {
        let Found { id, created, seen, expires, label } = found;
        Self { id, created: created.into(), last_seen: seen.into(), expires: expires.into(), label }
    }
}

/// The sessions that carry a value under an [indexed](crate::SessionConfig::index) key, and sessions by their id.
impl SessionManager {
    /// The live sessions that carry `value` under `key`, the oldest first. A session whose commit returned before this
    /// was called is never missed. Costs one store operation.
    ///
    /// # Errors
    ///
    /// - [`Config`](crate::ErrorKind::Config): the key is not indexed.
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be written as JSON.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn find<T>(&self, key: IndexKey<T>, value: &T) -> Result<Vec<SessionInfo>, Error> {
        let hash = self.manager().hash(key, value)?;
        Ok(self.manager().find(&hash).await?.into_iter().map(SessionInfo::from).collect())
    }

    /// Ends the session `id`, if it carries `value` under `key`: a user's own choice from the list that
    /// [`find`](Self::find) gave cannot end somebody else's session. Says whether it did. Costs one store operation.
    ///
    /// The session's requests find out at their next store operation.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub async fn revoke<T>(&self, key: IndexKey<T>, value: &T, id: SessionId) -> Result<bool, Error> {
        let hash = self.manager().hash(key, value)?;
        self.manager().revoke(id, hash).await
    }

    /// Ends all sessions that carry `value` under `key`, but for `except`: "sign out everywhere else", or everywhere.
    /// Says how many it ended. Costs one store operation, and one for each session.
    ///
    /// A session that signs in while this runs may escape it, as one that signs in afterwards does.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find). Sessions that were ended before the error stay ended.
    pub async fn revoke_all<T>(&self, key: IndexKey<T>, value: &T, except: Option<SessionId>) -> Result<usize, Error> {
        let hash = self.manager().hash(key, value)?;
        let mut ended = 0;
        for found in self.manager().find(&hash).await? {
            if Some(found.id) != except {
                ended += usize::from(self.manager().revoke(found.id, hash).await?);
            }
        }
        Ok(ended)
    }

    /// The session `id`, for a job, a webhook or an admin page. Costs nothing until it is used.
    ///
    /// There is no browser: it is server state alone, and sends no cookie. What it writes is stored by
    /// [`sync`](Session::sync), is no use of the session (its time is not extended), and survives a rotation. It never
    /// creates: writing to a session that has ended is [`Ended`](crate::ErrorKind::Ended). Asking it for client state, a new
    /// token or another session is [`NoBrowser`](crate::ErrorKind::NoBrowser).
    pub fn by_id(&self, id: SessionId) -> Session {
        Session::by_id(Arc::clone(self.manager()), id)
    }

    /// Takes every live session into the index as it is configured now: once, after a key was added to it. Says how
    /// many sessions it walked. It may run beside the application, and again. Costs one store operation for every 100
    /// sessions and one for each.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked; run it again.
    pub async fn reindex(&self) -> Result<usize, Error> {
        let manager = self.manager();
        let (mut from, mut walked) = (None::<String>, 0);
        loop {
            let page = manager.store.scan(from.as_deref(), 100, manager.now()).await;
            let page = page.map_err(|error| Error::store("walk over the sessions", error))?;
            walked += page.sessions.len();
            for (id, record) in page.sessions {
                manager.reindex(id, record).await?;
            }
            from = page.next;
            if from.is_none() {
                return Ok(walked);
            }
        }
    }
}

impl Manager {
    fn hash<T>(&self, key: IndexKey<T>, value: &T) -> Result<IndexHash, Error> {
        self.check_indexed(&key)?;
        let value = (key.encode)(value).map_err(|error| error.at::<T>(Place::Server, &key))?;
        Ok(IndexHash::of(&key, &value))
    }

    pub(crate) fn check_indexed(&self, key: &str) -> Result<(), Error> {
        if self.config.index.has(key) {
            return Ok(());
        }
        let key = key.escape_debug();
        let message = format!("the key `{key}` is not indexed: give its key constant to `SessionConfig::index`");
        Err(Error::config(message))
    }

    async fn find(&self, hash: &IndexHash) -> Result<Vec<Found>, Error> {
        let found = self.store.find(hash, self.now()).await;
        found.map_err(|error| Error::store("find the sessions of a value", error))
    }

    async fn revoke(&self, id: SessionId, hash: IndexHash) -> Result<bool, Error> {
        let deleted = self.store.delete(&id, Proof::Entry(hash), self.now()).await;
        let deleted = deleted.map_err(|error| Error::store("end a session", error))?;
        Ok(deleted == Deleted::Done)
    }

    /// Ends the oldest sessions of a value beyond its limit, and never the current one.
    pub(crate) async fn enforce_cap(&self, capped: Capped, current: Option<SessionId>) -> Result<(), Error> {
        let found = self.find(&capped.hash).await?;
        let surplus = found.len().saturating_sub(capped.cap);
        for found in found.iter().filter(|found| Some(found.id) != current).take(surplus) {
            self.revoke(found.id, capped.hash).await?;
        }
        Ok(())
    }

    /// Puts a session's entries right. If the session changes meanwhile, what it is by then is put right.
    async fn reindex(&self, id: SessionId, mut record: Record) -> Result<(), Error> {
        loop {
            let mut commit = Commit::nothing(self.now());
            commit.revision = Some(record.revision);
            commit.index = self.config.index.entries(&record.values);
            let committed = self.store.commit(&id, &commit).await;
            match committed.map_err(|error| Error::store("index a session", error))? {
                Committed::Conflict(now) => record = *now,
                Committed::Done { .. } | Committed::Missing | Committed::Replaced { .. } => return Ok(()),
            }
        }
    }
}
