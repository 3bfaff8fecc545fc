//! Routes as data: a method, a path, and a handler that takes its session from an extractor of the framework.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use session::{Error, ReadOnly, Session, Typed};

use crate::reply::Reply;
use crate::visitor::Visitor;

/// Clones share the handler.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    /// With parameters in braces, for example `/cart/{item}`. Only the last segments are parameters.
    pub path: &'static str,
    pub handler: Handler,
}

/// A handler, by the extractors that it needs. A framework without an extractor calls [`Handler::call`] instead.
#[derive(Clone)]
pub enum Handler {
    /// Does not use a session.
    Plain(Arc<dyn Fn(Parameters) -> ReplyFuture + Send + Sync>),
    Session(Arc<dyn Fn(Session, Parameters) -> ReplyFuture + Send + Sync>),
    Typed(Arc<dyn Fn(Typed<Visitor>, Parameters) -> ReplyFuture + Send + Sync>),
    ReadOnly(Arc<dyn Fn(ReadOnly<Visitor>, Parameters) -> ReplyFuture + Send + Sync>),
    All(Arc<dyn Fn(Extractors) -> ReplyFuture + Send + Sync>),
}

/// All extractors of one request.
pub type Extractors = (Session, Typed<Visitor>, ReadOnly<Visitor>);

/// The framework converts the error to a response, as it does for every handler.
pub type ReplyFuture = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

/// The parameters of a path. They are its last segments, so that a route can be in a scope with a prefix.
#[derive(Clone, Debug)]
pub struct Parameters(String);

impl Parameters {
    /// Takes the path of a request.
    pub fn new(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// The last segments of the path.
    pub fn last<const N: usize>(&self) -> [&str; N] {
        let mut segments = self.0.rsplit('/');
        let mut last = [""; N];
        last.iter_mut().rev().for_each(|segment| *segment = segments.next().unwrap());
        last
    }
}

impl Route {
    pub fn new(method: Method, path: &'static str, handler: Handler) -> Self {
        Self { method, path, handler }
    }

    pub fn get(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::GET, path, handler)
    }

    pub fn post(path: &'static str, handler: Handler) -> Self {
        Self::new(Method::POST, path, handler)
    }

    /// Returns true if a request belongs to this route. For servers without a router.
    pub fn matches(&self, method: &Method, path: &str) -> bool {
        let (mut pattern, mut segments) = (self.path.split('/'), path.split('/'));
        let all_match =
            pattern.by_ref().all(|part| segments.next().is_some_and(|s| part.starts_with('{') || part == s));
        *method == self.method && all_match && segments.next().is_none()
    }
}

/// Boxes the future of a handler, and converts its result.
macro_rules! boxed {
    ($handler:ident, $($argument:ident),*) => {
        Arc::new(move |$($argument),*| {
            let reply = $handler.clone()($($argument),*);
            Box::pin(async move { reply.await.map(Into::into) })
        })
    };
}

impl Handler {
    pub fn plain<F, U, R>(handler: F) -> Self
    where
        F: FnOnce(Parameters) -> U + Clone + Send + Sync + 'static,
        U: Future<Output = Result<R, Error>> + Send + 'static,
        R: Into<Reply>,
    {
        Self::Plain(boxed!(handler, parameters))
    }

    pub fn session<F, U, R>(handler: F) -> Self
    where
        F: FnOnce(Session, Parameters) -> U + Clone + Send + Sync + 'static,
        U: Future<Output = Result<R, Error>> + Send + 'static,
        R: Into<Reply>,
    {
        Self::Session(boxed!(handler, session, parameters))
    }

    pub fn typed<F, U, R>(handler: F) -> Self
    where
        F: FnOnce(Typed<Visitor>, Parameters) -> U + Clone + Send + Sync + 'static,
        U: Future<Output = Result<R, Error>> + Send + 'static,
        R: Into<Reply>,
    {
        Self::Typed(boxed!(handler, visitor, parameters))
    }

    pub fn read_only<F, U, R>(handler: F) -> Self
    where
        F: FnOnce(ReadOnly<Visitor>, Parameters) -> U + Clone + Send + Sync + 'static,
        U: Future<Output = Result<R, Error>> + Send + 'static,
        R: Into<Reply>,
    {
        Self::ReadOnly(boxed!(handler, visitor, parameters))
    }

    pub fn all<F, U, R>(handler: F) -> Self
    where
        F: FnOnce(Extractors) -> U + Clone + Send + Sync + 'static,
        U: Future<Output = Result<R, Error>> + Send + 'static,
        R: Into<Reply>,
    {
        Self::All(boxed!(handler, extractors))
    }

    /// Calls the handler with a session. `open` is not called for a handler without a session.
    pub fn call(&self, parameters: Parameters, open: impl FnOnce() -> Session) -> ReplyFuture {
        if let Self::Plain(handler) = self {
            return handler(parameters);
        }
        let mut session = open();
        match self {
            Self::Plain(handler) => handler(parameters),
            Self::Session(handler) => handler(session, parameters),
            Self::Typed(handler) => handler(session.typed_mut(), parameters),
            Self::ReadOnly(handler) => handler(session.typed(), parameters),
            Self::All(handler) => {
                let (typed, read_only) = (session.typed_mut(), session.typed());
                handler((session, typed, read_only))
            }
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Plain(_) => "Plain",
            Self::Session(_) => "Session",
            Self::Typed(_) => "Typed",
            Self::ReadOnly(_) => "ReadOnly",
            Self::All(_) => "All",
        };
        f.debug_tuple(name).finish_non_exhaustive()
    }
}
