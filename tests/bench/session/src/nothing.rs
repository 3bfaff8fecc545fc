//! A layer that does nothing: what a router asks for any layer at all.

use std::task::{Context, Poll};

use tower::{Layer, Service};

#[derive(Clone)]
pub struct NothingLayer;

#[derive(Clone)]
pub struct Nothing<S>(S);

impl<S> Layer<S> for NothingLayer {
    type Service = Nothing<S>;

    fn layer(&self, inner: S) -> Nothing<S> {
        Nothing(inner)
    }
}

/// The future is not boxed here: axum does that to every layer's.
impl<S: Service<R>, R> Service<R> for Nothing<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.0.call(request)
    }
}
