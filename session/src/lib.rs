//! Typed HTTP sessions.
//!
//! Declare the keys of a session as a struct, and derive [`SessionSchema`]. Each field becomes accessors on
//! [`Typed<Visitor>`](Typed), one-line forwards to a string-key JSON map, the [`Session`]:
//!
//! ```
//! use session::store::MemoryStore;
//! use session::{SecretKey, SessionConfig, SessionManager, SessionSchema};
//!
//! #[derive(SessionSchema)]
//! struct Visitor {
//!     /// Who is signed in.
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
//! // A request arrives, and is answered. Where a layer is in place, it does this.
//! let request = http::HeaderMap::new();
//! let mut session = manager.open(&request);
//!
//! session.cycle_id();
//! let mut visitor = session.typed_mut::<Visitor>();
//! visitor.set_user_id(7)?;
//! visitor.update_cart(|cart| cart.push("tea".to_owned())).await?;
//! visitor.set_dark(true)?;
//! assert_eq!(visitor.user_id().await?, Some(7));
//! assert_eq!(session.get::<u64>("user.id").await?, Some(7)); // the raw key API is always there
//!
//! let mut response = http::HeaderMap::new();
//! session.finalize(&mut response).await?;
//! assert_eq!(response.get_all("set-cookie").iter().count(), 2); // the session cookie and the state cookie
//! # Ok::<(), session::Error>(()) }).unwrap();
//! ```
//!
//! # Where things are
//!
//! - [`Session`]: the handle of one request. Server state by key, [client state](Session::client), identity and lifecycle.
//! - [`SessionSchema`], [`Typed`], [`ReadOnly`], [`Snapshot`]: the typed view. The
//!   [derive](macro@SessionSchema) explains every attribute.
//! - [`SchemaInfo`]: the declaration at run time. [`assert_schema!`] and [`assert_disjoint!`]: schemas that change, and
//!   schemas that share a session.
//! - [`SessionManager`], [`SessionConfig`], [`CookieConfig`], [`Lifetime`], [`SecretKey`]: what an application sets up once.
//! - [`SessionManager::find`], [`revoke`](SessionManager::revoke), [`by_id`](SessionManager::by_id): the sessions of one
//!   user. [`SessionManager::sweeper`]: the task that drops expired ones.
//! - [`store`]: the contract of a store, [`MemoryStore`](store::MemoryStore), and the stores behind features. [`testing`]
//!   proves a store of your own.
//! - [`tower`] and [`axum`]: the layer and the extractors.
//! - [`_documentation`]: the architecture, the stores, security by the standards, proof, benchmarks, the changelog, and
//!   the compiler's errors explained.
//!
//! # Features
//!
//! | feature | brings |
//! | --- | --- |
//! | `derive` (default) | `#[derive(SessionSchema)]` |
//! | `tower` | `SessionLayer`, for any tower service |
//! | `axum` | `Session`, `Typed<S>` and `ReadOnly<S>` as extractors; includes `tower` |
//! | `sqlite` | `SqliteStore` |
//! | `postgres`, `postgres-tls` | `PostgresStore`, and the same over TLS |
//! | `mysql`, `mysql-tls` | `MySqlStore`, for MariaDB and MySQL, and the same over TLS |
//! | `redis`, `redis-tls` | `RedisStore`, for one server or a cluster, and the same over TLS |
//! | `pavex` | the alias that makes `Session<'_>` compile |
//! | `testing` | `session::testing`, the claims that prove a store of your own |
//!
//! # What a session is not
//!
//! Two first visits in parallel, without a cookie, that both write make two sessions: the browser keeps the one whose
//! answer comes last. A POST from another site arrives without the cookies, which are `SameSite=Lax`. Client state is
//! whatever the browser last held: see [`ClientState`].

pub mod _documentation;

mod error;
mod id;
mod lifetime;
mod time;

mod cookie;
mod seal;

mod config;
mod manager;
mod sweeper;
mod users;

mod access;
mod client;
mod declaration;
mod disjoint;
mod guard;
mod meta;
mod schema;
mod session;
mod shared;

mod changes;
mod field;
mod index;
mod json;
mod key;
mod state;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "_server")),
    expect(dead_code, reason = "what keeps sessions outside of the process gives values as one text")
)]
mod values;

mod commit;
mod plan;
pub mod store;

mod answer;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "pavex")]
pub mod pavex;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use self::client::{ClientState, ClientStateMut};
pub use self::config::{ExtendOn, SessionConfig};
pub use self::cookie::{CookieConfig, SameSite};
pub use self::declaration::{FieldInfo, SchemaInfo, Side};
pub use self::error::{Error, ErrorKind};
pub use self::id::SessionId;
pub use self::key::{ClientKey, IndexKey, Key};
pub use self::lifetime::Lifetime;
pub use self::manager::SessionManager;
pub use self::meta::Meta;
pub use self::schema::{ReadOnly, SessionSchema, Snapshot, Typed};
pub use self::seal::SecretKey;
pub use self::session::Session;
pub use self::sweeper::Sweeper;
pub use self::users::SessionInfo;
#[cfg(feature = "derive")]
pub use session_macros::SessionSchema;
