//! Applications as data. Each framework serves the same routes, middleware and session layers.

mod axum;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;
use session::{Error, Session, SessionManager};
use session_framework_cases::{Reply, Route};

pub(crate) use self::axum::{Axum, router, serve as serve_router};

/// A web framework that is tested.
pub(crate) trait Framework {
    const NAME: &str;

    /// Starts a server on a free port of the loopback interface.
    async fn serve(scope: Scope) -> Server;
}

/// A running server. It stops when it is dropped.
pub(crate) struct Server {
    /// The host and the port.
    pub(crate) address: String,
    stop: Option<Box<dyn FnOnce() + Send>>,
}

impl Server {
    pub(crate) fn new(address: String, stop: impl FnOnce() + Send + 'static) -> Self {
        Self { address, stop: Some(Box::new(stop)) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}

/// Routes with a middleware around them, and a session layer around both.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) routes: Vec<Route>,
    /// Scopes inside of this one, below a prefix.
    pub(crate) nested: Vec<(&'static str, Scope)>,
    pub(crate) around: Option<Around>,
    pub(crate) layer: Option<Layer>,
}

impl Scope {
    pub(crate) fn new(routes: Vec<Route>) -> Self {
        Self { routes, ..Self::default() }
    }

    pub(crate) fn nest(mut self, prefix: &'static str, scope: Self) -> Self {
        self.nested.push((prefix, scope));
        self
    }

    pub(crate) fn around(self, around: Around) -> Self {
        Self { around: Some(around), ..self }
    }

    pub(crate) fn layer(self, layer: Layer) -> Self {
        Self { layer: Some(layer), ..self }
    }
}

/// A session layer or session middleware, with its settings.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) manager: SessionManager,
    pub(crate) is_verified: bool,
    pub(crate) on_error: Option<fn(&FailedOperation<'_>) -> ErrorResponse>,
    pub(crate) fails_if: Option<FailureRule>,
}

impl Layer {
    pub(crate) fn new(manager: SessionManager) -> Self {
        Self { manager, is_verified: false, on_error: None, fails_if: None }
    }

    pub(crate) fn verified(self) -> Self {
        Self { is_verified: true, ..self }
    }

    pub(crate) fn on_error(self, on_error: fn(&FailedOperation<'_>) -> ErrorResponse) -> Self {
        Self { on_error: Some(on_error), ..self }
    }

    pub(crate) fn fails_if(self, rule: FailureRule) -> Self {
        Self { fails_if: Some(rule), ..self }
    }
}

/// The argument of `on_error`.
pub(crate) struct FailedOperation<'a> {
    pub(crate) error: &'a Error,
    pub(crate) unsaved: Option<UnsavedResponse>,
}

/// The response of a handler before its commit failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsavedResponse {
    /// It has the header [`OPTIONAL_COMMIT`].
    Marked,
    Unmarked,
}

/// The header of a response that is right even if the session was not stored.
pub(crate) const OPTIONAL_COMMIT: &str = "x-optional-commit";

/// The decision of `on_error`.
pub(crate) enum ErrorResponse {
    Default,
    Custom(Reply),
    /// The unsaved response, or the default response if there is none.
    Keep,
}

/// A rule for failed requests.
#[derive(Clone, Copy)]
pub(crate) enum FailureRule {
    Never,
    Only(StatusCode),
    /// The default rule, and this status.
    DefaultOr(StatusCode),
}

/// A middleware that extracts the session.
#[derive(Clone)]
pub(crate) struct Around {
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

impl Around {
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
