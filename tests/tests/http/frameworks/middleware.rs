//! A middleware that uses the session.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;
use session::{Error, Session};

/// A middleware that extracts the session.
#[derive(Clone)]
pub(crate) struct Middleware {
    /// Runs before the handler.
    pub(crate) before: Arc<dyn Fn(Session) -> BoxFuture<Result<Session, Refusal>> + Send + Sync>,
    /// Runs after the handler, and returns a header to add to the response.
    pub(crate) after: Arc<dyn Fn(Session) -> BoxFuture<Result<AddedHeader, Error>> + Send + Sync>,
}

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The name and the value of a header.
pub(crate) type AddedHeader = (&'static str, String);

/// The error of a middleware that does not call the handler.
pub(crate) enum Refusal {
    Session(Error),
    Status(StatusCode),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl Middleware {
    pub(crate) fn new<B, BF, A, AF>(before: B, after: A) -> Self
    where
        B: FnOnce(Session) -> BF + Clone + Send + Sync + 'static,
        BF: Future<Output = Result<Session, Refusal>> + Send + 'static,
        A: FnOnce(Session) -> AF + Clone + Send + Sync + 'static,
        AF: Future<Output = Result<AddedHeader, Error>> + Send + 'static,
    {
        Self {
            before: Arc::new(move |session| Box::pin(before.clone()(session))),
            after: Arc::new(move |session| Box::pin(after.clone()(session))),
        }
    }
}
