//! The extractors for actix-web, and the access to the session of a request for middleware and guards.

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::guard::GuardContext;
use actix_web::{FromRequest, HttpRequest};

use crate::error::Error;
use crate::integrations::actix::request_scope::{find_slot, select_slot};
use crate::integrations::missing_layer::missing_layer;
use crate::session::handle::Session;
use crate::session::request_session::RequestSession;
use crate::session::typed::{ReadOnly, SessionSchema, Typed};

/// The session of a request, for middleware, guards, and handlers that take an [`HttpRequest`].
///
/// ```
/// use actix_web::body::MessageBody;
/// use actix_web::dev::{ServiceRequest, ServiceResponse};
/// use actix_web::error::ErrorUnauthorized;
/// use actix_web::middleware::{Next, from_fn};
/// use actix_web::{Error, web};
/// use session::actix::SessionExt;
///
/// async fn members_only(
///     request: ServiceRequest,
///     next: Next<impl MessageBody>,
/// ) -> Result<ServiceResponse<impl MessageBody>, Error> {
///     if request.session()?.get::<u64>("user.id").await?.is_none() {
///         return Err(ErrorUnauthorized("please log in"));
///     }
///     next.call(request).await
/// }
///
/// let members = web::scope("/members").wrap(from_fn(members_only));
/// ```
///
/// It is implemented for [`HttpRequest`], [`ServiceRequest`], [`ServiceResponse`] and [`GuardContext`]. A guard is not async:
/// it can read client state, and the session's [`id`](Session::id).
pub trait SessionExt: sealed::HasSession {
    /// Returns a handle to the session of the request. With several middlewares, it is the session of the innermost one that
    /// is running.
    ///
    /// The first call of a request copies its `Cookie` header, or the header of the [transport](crate::Transport). It does no
    /// I/O.
    ///
    /// All clones of a request share this choice. A task or a body that outlives the handler keeps the [`Session`]: with a
    /// clone of the request, it would find the session of a middleware outside, which may belong to another manager.
    ///
    /// # Errors
    ///
    /// - [`MissingLayer`](crate::ErrorKind::MissingLayer): no middleware provides a session.
    /// - [`Finalized`](crate::ErrorKind::Finalized): the response was already finalized, and no handle of the session exists.
    ///
    /// # Panics
    ///
    /// It may panic while the extensions of the request are borrowed mutably, as other methods of actix-web. End the borrow
    /// before the call.
    fn session(&self) -> Result<Session, Error> {
        self.request_session().map(|session| session.session())
    }
}

impl<T: sealed::HasSession> SessionExt for T {}

mod sealed {
    use crate::error::Error;
    use crate::session::request_session::RequestSession;

    pub trait HasSession {
        fn request_session(&self) -> Result<RequestSession, Error>;
    }
}

impl sealed::HasSession for HttpRequest {
    fn request_session(&self) -> Result<RequestSession, Error> {
        find_slot(self).ok_or_else(missing_middleware)?.session(self.head())
    }
}

impl sealed::HasSession for ServiceRequest {
    fn request_session(&self) -> Result<RequestSession, Error> {
        self.request().request_session()
    }
}

impl<B> sealed::HasSession for ServiceResponse<B> {
    fn request_session(&self) -> Result<RequestSession, Error> {
        self.request().request_session()
    }
}

impl sealed::HasSession for GuardContext<'_> {
    fn request_session(&self) -> Result<RequestSession, Error> {
        let slot = select_slot(self.app_data(), || self.req_data());
        slot.ok_or_else(missing_middleware)?.session(self.head())
    }
}

fn missing_middleware() -> Error {
    missing_layer(
        "add `.wrap(SessionMiddleware::new(manager))` to its `App` or scope; the last `wrap` is the outermost one, so wrap \
         middleware that uses the session before it, and CORS and logging after it",
    )
}

impl FromRequest for RequestSession {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(sealed::HasSession::request_session(request))
    }
}

impl FromRequest for Session {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.session())
    }
}

impl<S: SessionSchema + 'static> FromRequest for Typed<S> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.session().and_then(Self::try_new))
    }
}

impl<S: SessionSchema + 'static> FromRequest for ReadOnly<S> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.session().and_then(Self::try_new))
    }
}
