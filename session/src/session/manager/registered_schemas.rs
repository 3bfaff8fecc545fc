//! The settings that register schemas: a `SessionSchema` belongs to this folder, the settings to a lower one.

use std::any::TypeId;
#[cfg(any(feature = "axum", feature = "actix"))]
use std::any::type_name;

use crate::config::session_config::SessionConfig;
#[cfg(any(feature = "axum", feature = "actix"))]
use crate::error::Error;
use crate::schema::info::SchemaInfo;
use crate::schema::schema_set::Conflict;
#[cfg(any(feature = "axum", feature = "actix"))]
use crate::session::handle::Session;
use crate::session::typed::SessionSchema;

impl SessionConfig {
    /// Registers a schema, so that its attributes apply to every session of the manager, also where a request does not use
    /// the schema.
    ///
    /// - Each `index` field is [indexed](Self::index). To limit its sessions, also call
    ///   [`index_with_limit`](Self::index_with_limit), before or after this method.
    /// - `retired` keys are deleted with the next commit of a request that loaded the session.
    /// - [`Session::entries`](crate::Session::entries) shows the values of `secret` keys redacted.
    /// - A write to a `sealed` key through the raw key API is encrypted.
    /// - A write to a key with `expires_in` through the raw key API gets an expiry time. Expired values are deleted like
    ///   `retired` keys, unless another request has changed the session.
    ///
    /// Several schemas can be registered: register each at the start, and no index can be missing. If two of them use one key
    /// with different types, a warning is logged.
    ///
    /// Without registration, a schema applies to the requests that use it, and each index must be configured with
    /// [`index`](Self::index). If one is missing, the first request that uses the schema shows it, before a login does: the
    /// extractors `Typed<S>` and `ReadOnly<S>` return an error of kind [`Config`](crate::ErrorKind::Config) (500), and
    /// [`Session::typed`](crate::Session::typed) logs an error once.
    ///
    /// ```
    /// use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    ///
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(index)]
    ///     user_id: u64,
    ///     #[session(secret, sealed)]
    ///     refresh_token: String,
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let config = SessionConfig::new(SecretKey::generate()).schema::<Visitor>();
    /// let manager = SessionManager::new(MemoryStore::new(), config);
    /// let mut session = manager.open(&http::HeaderMap::new());
    /// session.typed_mut::<Visitor>().set_refresh_token("hunter2".to_owned())?;
    /// assert_eq!(session.entries().await?["refresh_token"], "[redacted]");
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn schema<S: SessionSchema>(mut self) -> Self {
        self.report_conflict(S::SCHEMA);
        self.register(S::SCHEMA, TypeId::of::<S>());
        self
    }

    /// Makes the extractors `Typed<S>` and `ReadOnly<S>` refuse every schema that is not [registered](Self::schema).
    ///
    /// An application with two managers, for example for its shop and its administration, needs two session layers. With
    /// this setting, a handler under the wrong layer is an error of kind [`Config`](crate::ErrorKind::Config) (500) instead of
    /// a read of the other session. It applies to the extractors for axum and actix-web, and not to
    /// [`Session::typed`](crate::Session::typed), which has no `Result`.
    ///
    /// ```
    /// use session::{SecretKey, SessionConfig, SessionSchema};
    ///
    /// #[derive(SessionSchema)]
    /// struct Admin {
    ///     user: u64,
    /// }
    ///
    /// # let key = SecretKey::generate();
    /// let config = SessionConfig::new(key).schema::<Admin>().refuse_other_schemas();
    /// ```
    #[must_use]
    pub fn refuse_other_schemas(mut self) -> Self {
        self.refuses_other_schemas = true;
        self
    }
}

impl SessionConfig {
    /// Logs that two registered schemas read one key as values of different types.
    fn report_conflict(&self, schema: &'static SchemaInfo) {
        if let Some(Conflict { other, used, field }) = self.schemas.find_conflict(schema) {
            tracing::warn!(
                key = ?field.key(),
                schemas = %format_args!("{other}, {}", schema.name()),
                types = %format_args!("{}, {}", used.type_name(), field.type_name()),
                "two registered schemas use one session key with different types: rename one of the keys; \
                 `assert_disjoint!` finds this at compile time"
            );
        }
    }
}

#[cfg(any(feature = "axum", feature = "actix"))]
impl Session {
    /// Returns an error if the manager refuses a schema, or has no index for one of its `index` fields.
    pub(crate) fn check_schema<S: SessionSchema>(&self) -> Result<(), Error> {
        let manager = &self.inner().manager;
        manager.check_schema_index(S::SCHEMA)?;
        let config = &manager.config;
        if !config.refuses_other_schemas || config.schema_types.contains(&TypeId::of::<S>()) {
            return Ok(());
        }
        let name = type_name::<S>();
        Err(Error::config(format!(
            "the session manager of this route does not have the schema `{name}`: move the route under the session layer of \
             the right manager, or register the schema with `SessionConfig::schema`"
        )))
    }
}
