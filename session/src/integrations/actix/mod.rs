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
//!     next: Next<impl MessageBody + 'static>,
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
//! [Coming from actix-session](crate::docs::coming_from::actix_session) has the methods and the differences.

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
