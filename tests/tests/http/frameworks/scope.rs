//! A part of an application.

use session_framework_cases::Route;

use super::layer::Layer;
use super::middleware::Middleware;

/// Routes with a middleware around them, and a session layer around both.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) routes: Vec<Route>,
    /// Scopes inside of this one, below a prefix.
    pub(crate) nested: Vec<(&'static str, Scope)>,
    pub(crate) middleware: Option<Middleware>,
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

    pub(crate) fn middleware(self, middleware: Middleware) -> Self {
        Self { middleware: Some(middleware), ..self }
    }

    pub(crate) fn layer(self, layer: Layer) -> Self {
        Self { layer: Some(layer), ..self }
    }
}
