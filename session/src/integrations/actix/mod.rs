//! actix-web integration: the [`SessionMiddleware`], the extractors [`Session`](crate::Session), [`Typed`](crate::Typed),
//! [`ReadOnly`](crate::ReadOnly) and [`RequestSession`](crate::RequestSession), [`SessionExt`] for middleware and guards, and
//! [`Error`](crate::Error) as a response.
//!
//! Wrap an `App`, a scope or a resource in a [`SessionMiddleware`]. All extractors of a request, in middleware and handlers,
//! then share one session.
//!
//! ```
//! use actix_web::{App, web};
//! use session::actix::SessionMiddleware;
//! use session::store::MemoryStore;
//! use session::{SecretKey, Session, SessionConfig, SessionManager};
//!
//! async fn visits(mut session: Session) -> Result<String, session::Error> {
//!     let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1));
//!     Ok(format!("visit number {}", visits.await?))
//! }
//!
//! let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//! let app = App::new().route("/", web::get().to(visits)).wrap(SessionMiddleware::new(manager));
//! ```
//!
//! Create the manager outside of the closure of `HttpServer::new`, and clone it inside: the closure runs once per worker, and
//! managers of different workers would have different sessions with a `MemoryStore`, and different keys with a generated key.
//!
//! A [`Session`](crate::Session) is `Send`. It can move into `actix_web::rt::spawn` and `tokio::spawn`. `Option<Session>` is
//! `None` without middleware.
//!
//! # Order of middleware
//!
//! The last `wrap` is the outermost one. Recommended, from the outside: logging, CORS, compression, **sessions**, middleware
//! that uses the session, handlers. So `wrap` the middleware that uses the session first, then the session middleware, and
//! CORS and `Logger` last.
//!
//! - If middleware inside returns an `Err`, its response gets the cookies of the session too. It stays an `Err`, because the
//!   service has consumed the request. Middleware outside gets it as an `InternalError` with that response.
//! - Middleware around a resource may keep a clone of the request. Around an `App` or a scope, it must not, because the routing
//!   of actix-web panics then, and so does this middleware.
//! - Middleware outside may take the request of a response and send it again. Each attempt is a request of its own.
//! - A timeout outside drops the request. The pending changes are then discarded without a log line. Only a commit that is
//!   already running may be stored.
//! - The request headers with a token are not marked as sensitive: `Cookie`, or the header of the
//!   [transport](crate::Transport). The `Debug` output of a `ServiceRequest` or an `HttpRequest` can contain them. `Logger`
//!   prints a header only if its format names the header, for example `%{Cookie}i`.
//!
//! # Request forgery (CSRF)
//!
//! A middleware that refuses forms and scripts of other origins with [`is_cross_origin`](crate::is_cross_origin). `wrap` it
//! after the session middleware, so that it is outside: a refused request then costs nothing. The page
//! [`request_forgery`](crate::docs::request_forgery) describes the rule and its limits.
//!
//! ```
//! use actix_web::body::MessageBody;
//! use actix_web::dev::{ServiceRequest, ServiceResponse};
//! use actix_web::middleware::{Next, from_fn};
//! use actix_web::{App, Error, HttpResponse};
//! use session::actix::SessionMiddleware;
//! # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
//! # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
//!
//! async fn refuse_other_origins(
//!     request: ServiceRequest,
//!     next: Next<impl MessageBody>,
//! ) -> Result<ServiceResponse<impl MessageBody>, Error> {
//!     let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes());
//!     let host = request.uri().authority().map(|host| host.as_str().as_bytes()).or(header("host"));
//!     if session::is_cross_origin(request.method().as_str(), host, header) {
//!         return Ok(request.into_response(HttpResponse::Forbidden().finish()).map_into_right_body());
//!     }
//!     next.call(request).await.map(ServiceResponse::map_into_left_body)
//! }
//!
//! let app = App::new().wrap(SessionMiddleware::new(manager)).wrap(from_fn(refuse_other_origins));
//! # actix_web::rt::System::new().block_on(async {
//! # use actix_web::test::{TestRequest, call_service, init_service};
//! # let app = init_service(app.route("/", actix_web::web::post().to(HttpResponse::Ok))).await;
//! # for (site, status) in [("same-origin", 200), ("same-site", 403), ("cross-site", 403)] {
//! #     let request = TestRequest::post().insert_header(("sec-fetch-site", site)).to_request();
//! #     assert_eq!(call_service(&app, request).await.status(), status);
//! # }
//! # });
//! ```
//!
//! # Clients that disconnect
//!
//! By default, actix-web runs a handler to its end although the client has closed its side of an HTTP/1 connection. The session
//! is then committed. With `HttpServer::h1_allow_half_closed(false)`, and with a reset connection, the request is dropped, and
//! nothing is committed.
//!
//! # Cost
//!
//! A request that does not use its session allocates no memory in this middleware. There are three exceptions:
//!
//! - A resource with its own middleware, and an `App` or a scope in each worker until it has routed its first request: two
//!   allocations. The session is then attached by the extensions of the request.
//! - A `verified` middleware opens the session of each request.
//! - More than 128 requests in flight in a worker: five allocations for each further one.
//!
//! The first extractor copies the `Cookie` header. A response that carries the session gets copies of its headers.
//!
//! # Migration from actix-session
//!
//! | actix-session | here |
//! | --- | --- |
//! | `SessionMiddleware::builder(store, key)` | [`SessionMiddleware::new(manager)`](SessionMiddleware::new) |
//! | `cookie_name`, `cookie_path`, `cookie_domain`, `cookie_same_site`, `cookie_secure` | [`CookieConfig`](crate::CookieConfig) |
//! | `cookie_http_only(false)`, `CookieContentSecurity::Signed` | none: cookies are always `HttpOnly` and encrypted |
//! | `BrowserSession` (its default) | [`Lifetime::until_browser_closes`](crate::Lifetime::until_browser_closes) |
//! | `PersistentSession` (the default here) | [`Lifetime`](crate::Lifetime), which has an absolute limit too |
//! | `TtlExtensionPolicy::OnStateChanges` | [`RenewOn`](crate::RenewOn) |
//! | `TtlExtensionPolicy::OnEveryRequest` | none: a request that does not use its session does not renew it |
//! | `CookieSessionStore` | [`Session::client_mut`](crate::Session::client_mut): client state beside the server state |
//! | `RedisSessionStore` | `RedisStore` |
//! | `SessionExt::get_session()` | [`SessionExt::session()`], which returns a `Result` |
//! | `session.get("key")?` | `session.get("key").await?` |
//! | `session.insert("key", value)?` | `session.insert("key", value).await?`, with a `mut session` |
//! | `session.remove("key")`, `remove_as::<T>("key")` | `session.remove_raw("key").await?`, `session.remove::<T>("key").await?` |
//! | `session.update("key", f)`, `update_or("key", default, f)` | `session.update("key", f).await?`; `f` changes a `&mut Option<T>` |
//! | `get`, a change, and `insert` | `session.update("key", f).await?`, which is atomic |
//! | a wrapper type with a method for each key | a [`SessionSchema`](crate::SessionSchema), extracted as `Typed<Visitor>` |
//! | `session.contains_key("key")` | `session.get_raw("key").await?.is_some()` |
//! | `session.entries()` | `session.entries().await?` |
//! | `session.clear()` | `session.clear().await?` |
//! | `session.renew()` at a login | [`session.log_in(key, user)`](crate::Session::log_in); otherwise [`cycle_id`](crate::Session::cycle_id). The key is `Visitor::USER_ID` of a schema, or `Key::declare("user_id")` |
//! | `session.purge()` | [`session.invalidate()`](crate::Session::invalidate) |
//! | `session.status()` | [`is_invalidated`](crate::Session::is_invalidated), [`is_replaced`](crate::Session::is_replaced) |
//!
//! Differences in behaviour:
//!
//! - The session is loaded by the first read, and only if there is one. A commit sends only the changed keys.
//! - After a failed request (5xx), the changes are not stored.
//! - Errors are responses with status 409, 503 or 500. [`on_error`](SessionMiddleware::on_error) replaces them.
//! - Return a session error with `?`. With `map_err(ErrorInternalServerError)` or an `InternalError`, the middleware does not
//!   recognize it: only an unreachable store is logged, `on_error` is not called, and a response below 500 commits the
//!   pending changes.
//! - Stored sessions are not taken over: with the deployment, every user is logged out once.
//! - Without middleware, an extractor fails with [`MissingLayer`](crate::ErrorKind::MissingLayer).

mod end_response;
mod error_response;
mod extractors;
mod middleware;
mod request_future;
mod request_scope;
mod request_slot;
mod settings;
mod slot_pool;

pub use self::extractors::SessionExt;
pub use self::middleware::{Failure, SessionMiddleware, SessionService};
pub use self::request_future::SessionFuture;
pub use self::settings::is_failure;
