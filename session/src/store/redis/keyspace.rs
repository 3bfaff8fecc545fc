//! The keys under one prefix: their names, and the connection to read and write them.

use std::sync::Arc;

use redis::Cmd;

use crate::error::StoreError;
use crate::record::id::SessionId;
use crate::record::index::IndexHash;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::redis::connection::SharedConnection;
use crate::store::redis::errors::is_invalid_value;
use crate::store::redis::layout::{decode_record, into_optional_bytes};

/// The hash is a hash tag, so that both keys of an index entry are on one node of a cluster.
const INDEX_INFIX: &str = ":index:{";

/// All keys under one prefix.
#[derive(Clone)]
pub(super) struct Keyspace {
    pub(super) connection: Arc<SharedConnection>,
    pub(super) prefix: Arc<str>,
}

impl Keyspace {
    /// Returns the key of a session.
    pub(super) fn session_key(&self, id: &SessionId) -> Vec<u8> {
        self.key(":", id.as_bytes())
    }

    /// Returns the key of the sorted set of an index hash.
    pub(super) fn index_key(&self, hash: &IndexHash) -> Vec<u8> {
        let mut key = self.key(INDEX_INFIX, hash.as_bytes());
        key.push(b'}');
        key
    }

    /// Returns the key of the members of that set whose commit may be in flight.
    pub(super) fn in_flight_key(&self, hash: &IndexHash) -> Vec<u8> {
        [&self.index_key(hash)[..], b":in_flight"].concat()
    }

    fn key(&self, infix: &str, bytes: &[u8]) -> Vec<u8> {
        let start = self.prefix.len() + infix.len();
        let mut key = Vec::with_capacity(start + 2 * bytes.len());
        key.extend_from_slice(self.prefix.as_bytes());
        key.extend_from_slice(infix.as_bytes());
        key.resize(start + 2 * bytes.len(), 0);
        hex::encode_to_slice(bytes, &mut key[start..]).expect("the slice has two bytes for each byte");
        key
    }

    /// Parses the key of a session.
    pub(super) fn parse_session_key(&self, key: &[u8]) -> Option<SessionId> {
        self.strip_prefix(key)?.strip_prefix(':')?.parse().ok()
    }

    /// Parses the key of an index hash.
    pub(super) fn parse_index_key(&self, key: &[u8]) -> Option<IndexHash> {
        let hash = self.strip_prefix(key)?.strip_prefix(INDEX_INFIX)?.strip_suffix('}')?;
        let hash = hex::decode(hash).ok()?;
        Some(IndexHash::from_bytes(hash.try_into().ok()?))
    }

    fn strip_prefix<'a>(&self, key: &'a [u8]) -> Option<&'a str> {
        std::str::from_utf8(key).ok()?.strip_prefix(&*self.prefix)
    }

    /// Loads a live record.
    pub(super) async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let mut command = Cmd::with_capacity(2, 64);
        command.arg("GET").arg(self.session_key(id));
        let reply = self.connection.query(&command, None).await?;
        let Some(stored) = into_optional_bytes(reply)? else { return Ok(None) };
        Ok(Some(decode_record(stored)?).filter(|record| record.is_live(now)))
    }

    /// Passes over a key without a valid session, so that it does not stop a scan of all keys. The log contains its id,
    /// which is no secret.
    pub(super) fn skip_invalid<T>(
        &self,
        id: &SessionId,
        result: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match result {
            Err(error) if is_invalid_value(&error) => {
                tracing::warn!(error, prefix = &*self.prefix, session = %id, "skipped a key that is not a valid session");
                Ok(None)
            }
            result => result.map(Some),
        }
    }
}
