//! The data that all sessions of one manager share: store, settings and cookies.

#[cfg(feature = "_middleware")]
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::session_config::SessionConfig;
use crate::cookie::cookies::Cookies;
use crate::cookie::encryption::value_cipher::ValueCipher;
use crate::cookie::warnings::CookieWarnings;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::timestamp::Timestamp;
use crate::request::operations::update::queue::UpdateQueues;
use crate::schema::info::SchemaInfo;
use crate::schema::stored_form::DecodeContext;
use crate::store::session_store::SessionStore;

/// The data that all sessions of one manager share.
pub(crate) struct ManagerInner {
    pub(crate) store: Box<dyn SessionStore>,
    /// The type of the store, for messages.
    #[cfg(feature = "_middleware")]
    pub(crate) store_name: &'static str,
    /// The line of the application that created the manager, for messages.
    #[cfg(feature = "_middleware")]
    pub(crate) created_at: &'static Location<'static>,
    pub(crate) config: SessionConfig,
    pub(crate) cookies: Cookies,
    /// Encrypts sealed values.
    pub(crate) value_cipher: ValueCipher,
    pub(crate) update_queues: UpdateQueues,
    pub(crate) warnings: CookieWarnings,
    has_reported_missing_index: AtomicBool,
}

impl ManagerInner {
    #[track_caller]
    pub(crate) fn new(store: impl SessionStore, config: SessionConfig) -> Self {
        #[cfg(feature = "metrics")]
        crate::config::metrics::describe();
        let cookies = Cookies::new(config.cookie.clone(), &config.transport, &config.keys);
        let value_cipher = ValueCipher::new(&config.keys, config.listeners.clone());
        Self {
            #[cfg(feature = "_middleware")]
            store_name: std::any::type_name_of_val(&store),
            #[cfg(feature = "_middleware")]
            created_at: Location::caller(),
            store: Box::new(store),
            config,
            cookies,
            value_cipher,
            update_queues: UpdateQueues::default(),
            warnings: CookieWarnings::default(),
            has_reported_missing_index: AtomicBool::new(false),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    /// Returns an error if an `index` field of a schema is not indexed.
    pub(crate) fn check_schema_index(&self, schema: &'static SchemaInfo) -> Result<(), Error> {
        if !schema.has_indexed_keys() || self.config.schemas.contains(schema) {
            return Ok(());
        }
        schema.find_indexed(&|key| !self.config.index.contains(key)).map_or(Ok(()), |key| self.check_indexed(key))
    }

    /// Logs once that an `index` field of a schema is not indexed, where a schema is used without a `Result`.
    pub(crate) fn report_missing_index(&self, schema: &'static SchemaInfo) {
        if let Err(error) = self.check_schema_index(schema)
            && !self.has_reported_missing_index.swap(true, Ordering::Relaxed)
        {
            tracing::error!(schema = schema.name(), %error, "an indexed field of a schema is not configured");
        }
    }

    /// Returns an error if a key is not indexed.
    pub(crate) fn check_indexed(&self, key: &str) -> Result<(), Error> {
        if self.config.index.contains(key) {
            return Ok(());
        }
        let key = key.escape_debug();
        let message = format!(
            "the key `{key}` is not indexed: pass its key constant to `SessionConfig::index`, or its schema to \
             `SessionConfig::schema`"
        );
        Err(Error::config(message))
    }
}

impl DecodeContext for ManagerInner {
    fn open(&self, record: &SessionId, key: &str, stored: &str) -> Option<String> {
        self.value_cipher.open(record, key, stored)
    }

    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}
