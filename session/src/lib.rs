//! Typed HTTP sessions.
//!
//! Declare the keys of a session as a struct and derive [`SessionSchema`]. Each field becomes accessors on
//! [`Typed<Visitor>`](Typed). An accessor is one line that calls the [`Session`], a JSON map with string keys:
//!
//! ```
//! use session::store::MemoryStore;
//! use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};
//!
//! #[derive(SessionSchema)]
//! struct Visitor {
//!     /// Who is logged in.
//!     #[session(key = "user.id")]
//!     user_id: u64,
//!     #[session(default)]
//!     cart: Vec<String>,
//!     #[session(client, default)]
//!     dark: bool,
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//!
//! // A layer does this for each request.
//! let request = http::HeaderMap::new();
//! let mut session = manager.open(&request);
//!
//! let mut visitor = session.typed_mut::<Visitor>();
//! visitor.log_in(Visitor::USER_ID, 7).await?;
//! visitor.update_cart(|cart| cart.push("tea".to_owned())).await?;
//! visitor.set_dark(true)?;
//! assert_eq!(visitor.user_id().await?, Some(7));
//! assert_eq!(session.get::<u64>("user.id").await?, Some(7)); // the raw key API is always available
//!
//! let mut response = http::HeaderMap::new();
//! session.finalize(&mut response).await?;
//! assert_eq!(response.get_all("set-cookie").iter().count(), 2); // the session cookie and the state cookie
//! # Ok::<(), session::Error>(()) }).unwrap();
//! ```
//!
//! # Overview
//!
//! - [`Session`]: the handle of one request. Server state by key, [client state](Session::client), identity and lifecycle.
//! - [`SessionSchema`], [`Typed`], [`ReadOnly`], [`Snapshot`]: the typed view. [The schema language](docs::schema) lists
//!   all attributes, with an example, and the [derive](derive.SessionSchema.html) documents each of them.
//! - [`SchemaInfo`]: the declaration at run time. [`assert_schema!`] checks schema changes, [`assert_disjoint!`] checks
//!   that schemas share no key.
//! - [`SessionManager`], [`SessionConfig`], [`CookieConfig`], [`Lifetime`], [`SecretKey`]: the setup of an application.
//! - [`Transport`], [`HeaderConfig`]: tokens in a header, for API clients. [`Session::token_status`] shows if the token of a
//!   request is invalid.
//! - [`SessionManager::find`], [`revoke`](SessionManager::revoke), [`by_id`](SessionManager::by_id): the sessions of one
//!   user. [`SessionManager::list`]: all sessions, for an admin page. [`SessionManager::sweeper`]: the task that deletes
//!   expired sessions.
//! - [`Session::detached`]: sessions in WebSockets, event streams and tasks, with a [guide](docs::after_the_response).
//! - [`store`]: the contract of a store, [`MemoryStore`](store::MemoryStore), the stores behind features, and a conformance
//!   suite for custom stores.
//! - `session::testing`: a browser, a clock and a failing store for the tests of an application (by feature).
//! - `session::tower`, `session::axum` and `session::actix`: the layer, the middleware and the extractors (by feature). The crate
//!   `session_pavex` is for Pavex.
//! - [`Session::csrf_token`], [`is_cross_origin`]: the protection against request forgery (CSRF).
//! - [`docs`]: guides, frameworks, [moving from other libraries](docs::coming_from), architecture, stores, threat model,
//!   testing, benchmarks, changelog, and the compiler errors.
//!
//! # Features
//!
#![doc = include_str!("../FEATURES.md")]
//!
//! # Limits of a session
//!
//! - Two parallel first visits without a cookie that both write create two sessions. The browser keeps the session of the
//!   later response.
//! - A POST from another site arrives without the cookies, which are `SameSite=Lax`. This alone does not prevent request
//!   forgery (CSRF): see [`docs::request_forgery`].
//! - Client state is the state that the browser sent: see [`ClientState`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod cookie;
mod error;
mod integrations;
mod record;
mod request;
mod schema;
mod session;
pub mod store;
#[cfg(all(feature = "conformance", not(feature = "testing")))]
mod testing;
#[cfg(feature = "testing")]
pub mod testing;

/// Pages about the library, for users, operators and contributors.
pub mod docs {
    #[doc = include_str!("../guide/after_the_response.md")]
    pub mod after_the_response {}

    #[doc = include_str!("../ARCHITECTURE.md")]
    pub mod architecture {}

    #[doc = include_str!("../guide/attribute_pairs.md")]
    pub mod attribute_pairs {}

    #[expect(clippy::doc_markdown, reason = "names of crates")]
    #[doc = include_str!("../BENCHMARKS.md")]
    pub mod benchmarks {}

    #[doc = include_str!("../CHANGELOG.md")]
    pub mod changelog {}

    /// Pages for developers of applications that use another session library: methods, differences, and live sessions.
    #[expect(clippy::doc_markdown, reason = "names of crates")]
    pub mod coming_from {
        #[doc = include_str!("../guide/from_tower_sessions.md")]
        pub mod tower_sessions {}

        #[doc = include_str!("../guide/from_axum_login.md")]
        pub mod axum_login {}

        #[doc = include_str!("../guide/from_actix_session.md")]
        pub mod actix_session {}

        #[doc = include_str!("../guide/from_axum_session.md")]
        pub mod axum_session {}

        #[doc = include_str!("../guide/from_pavex_session.md")]
        pub mod pavex_session {}
    }

    #[doc = include_str!("../ERRORS.md")]
    pub mod errors {}

    #[doc = include_str!("../FRAMEWORKS.md")]
    pub mod frameworks {}

    #[doc = include_str!("../guide/observability.md")]
    pub mod observability {}

    #[doc = include_str!("../guide/recipes.md")]
    pub mod recipes {}

    #[doc = include_str!("../guide/request_forgery.md")]
    #[doc(alias = "CSRF")]
    #[doc(alias = "XSRF")]
    pub mod request_forgery {}

    #[doc = include_str!("../guide/schema.md")]
    #[doc(alias = "attributes")]
    pub mod schema {}

    #[doc = include_str!("../STORES.md")]
    pub mod stores {}

    #[doc = include_str!("../TESTING.md")]
    pub mod testing {}

    #[doc = include_str!("../guide/testing_your_handlers.md")]
    pub mod testing_your_handlers {}

    #[doc = include_str!("../THREAT_MODEL.md")]
    pub mod threat_model {}

    #[doc = include_str!("../guide/usages.md")]
    pub mod usages {}
}

/// Events of sessions, for logs, audits and metrics.
pub mod event {
    pub use crate::config::event::{CredentialKind, DeletionReason, Event, StoreOperation, StoreOutcome};
}

/// The traits of the keys that the raw key API takes: texts and typed keys.
pub mod key {
    pub use crate::schema::key::traits::client::{AnyClientKey, ReadClientKey, WriteClientKey};
    pub use crate::schema::key::traits::server::{AnyKey, IntoKey, LoginKey, ReadKey, WriteKey};
}

/// The futures of updates. Await them: `visitor.update_cart(|cart| cart.push(book)).await?`.
///
/// An update does nothing until it is awaited.
pub mod future {
    pub use crate::session::accessors::update::{TryUpdate, TryUpdateOr, Update, UpdateOr};
}

#[doc(hidden)]
#[path = "session/accessors/private.rs"]
pub mod __private;

pub use self::config::cookie::{CookieConfig, SameSite};
pub use self::config::event::Event;
pub use self::config::lifetime::Lifetime;
pub use self::config::secret_key::SecretKey;
pub use self::config::session_config::{RenewOn, SessionConfig};
pub use self::config::transport::{HeaderConfig, Transport};
pub use self::error::{Error, ErrorKind};
#[cfg(feature = "actix")]
pub use self::integrations::actix;
#[cfg(feature = "axum")]
pub use self::integrations::axum;
pub use self::integrations::cross_origin::is_cross_origin;
#[cfg(feature = "tower")]
pub use self::integrations::tower;
pub use self::record::id::SessionId;
pub use self::record::session_info::SessionInfo;
pub use self::record::side::Side;
pub use self::request::response::headers::ResponseHeader;
pub use self::request::state::token_status::TokenStatus;
pub use self::schema::info::{FieldInfo, SchemaInfo};
pub use self::schema::key::index_value::IndexValue;
pub use self::schema::key::{ClientKey, IndexKey, Key};
pub use self::schema::keyed::entry::{ClientEntryKey, EntryKey};
pub use self::schema::keyed::prefix::{ClientKeyPrefix, KeyPrefix};
pub use self::session::client_state::{ClientState, ClientStateMut};
pub use self::session::embedded::nested_mut::NestedMut;
pub use self::session::ended_request::EndedRequest;
pub use self::session::handle::Session;
pub use self::session::manager::list::{ListPage, ListedSession};
pub use self::session::manager::session_manager::SessionManager;
pub use self::session::manager::sweeper::Sweeper;
pub use self::session::request_session::{CancelGuard, RequestSession};
pub use self::session::typed::{PartialSnapshot, ReadOnly, SessionSchema, Snapshot, Typed};
#[cfg(feature = "derive")]
pub use session_macros::SessionSchema;
