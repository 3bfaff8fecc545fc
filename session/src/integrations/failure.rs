//! A failed session operation, as the `on_error` of a layer or middleware gets it, and the default response to it.

use std::fmt;

#[cfg(feature = "tower")]
use http::Response;

use crate::error::Error;

/// A failed session operation, the argument of `SessionLayer::on_error` and `SessionMiddleware::on_error`.
///
/// There are three cases:
///
/// - The handler returned the error, and the error became a response.
/// - The handler responded, and then the commit failed. Only this case has an
///   [`unsaved_response`](Self::unsaved_response).
/// - The handler did not run, because a `verified` layer or middleware could not load the session.
///
/// `R` is the type of the response.
pub struct Failure<R> {
    error: Error,
    response: HandlerResponse<R>,
}

/// The response of the handler to a request that failed.
enum HandlerResponse<R> {
    /// The handler did not run.
    Missing,
    /// The handler returned the error, which became this response.
    FromError(R),
    /// The handler returned this response before the commit failed.
    Unsaved(R),
}

impl<R> Failure<R> {
    pub(super) fn before_handler(error: Error) -> Self {
        Self { error, response: HandlerResponse::Missing }
    }

    pub(super) fn in_handler(error: Error, response: R) -> Self {
        Self { error, response: HandlerResponse::FromError(response) }
    }

    pub(super) fn in_commit(error: Error, response: R) -> Self {
        Self { error, response: HandlerResponse::Unsaved(response) }
    }

    /// Returns the error. It is logged already.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error by value.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Returns the response of the handler, if the commit failed after it.
    ///
    /// The response was created before the failure, and may state that data was saved. The pending changes of the request
    /// were not stored, or their outcome is unknown after a lost connection.
    pub fn unsaved_response(&self) -> Option<&R> {
        match &self.response {
            HandlerResponse::Unsaved(response) => Some(response),
            HandlerResponse::Missing | HandlerResponse::FromError(_) => None,
        }
    }

    /// Returns the [`unsaved_response`](Self::unsaved_response) if there is one and `is_true` accepts it.
    ///
    /// `is_true` decides whether the response is true although the changes of the request were not stored. A page that only
    /// counts its visits is true. A page that states "your order was saved" is false.
    ///
    /// # Errors
    ///
    /// The failure itself, if the response cannot be kept.
    pub fn keep_response_if(self, is_true: impl FnOnce(&R) -> bool) -> Result<R, Self> {
        let Self { error, response } = self;
        match response {
            HandlerResponse::Unsaved(response) if is_true(&response) => Ok(response),
            response => Err(Self { error, response }),
        }
    }

    /// Returns the response that the error became, or the error if there is none.
    pub(super) fn into_error_response(self) -> Result<R, Error> {
        match self.response {
            HandlerResponse::FromError(response) => Ok(response),
            HandlerResponse::Missing | HandlerResponse::Unsaved(_) => Err(self.error),
        }
    }

    #[cfg(feature = "actix")]
    pub(super) fn map_response<T>(self, map: impl FnOnce(R) -> T) -> Failure<T> {
        let response = match self.response {
            HandlerResponse::Missing => HandlerResponse::Missing,
            HandlerResponse::FromError(response) => HandlerResponse::FromError(map(response)),
            HandlerResponse::Unsaved(response) => HandlerResponse::Unsaved(map(response)),
        };
        Failure { error: self.error, response }
    }
}

#[cfg(feature = "tower")]
impl<B: Default> Failure<Response<B>> {
    /// Returns the response that the layer sends without `on_error`: the [status](crate::Error::status) of the error
    /// and an empty body.
    ///
    /// If the handler returned the error, this is the response that the error became, with the changes of the middleware
    /// between handler and layer.
    pub fn default_response(self) -> Response<B> {
        self.into_error_response().unwrap_or_else(|error| {
            let mut response = Response::new(B::default());
            *response.status_mut() = error.status();
            response
        })
    }
}

/// Omits the response, whose headers can contain secrets of the application.
impl<R> fmt::Debug for Failure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("error", &self.error).finish_non_exhaustive()
    }
}

/// The setting of a layer that creates the response to a [`Failure`]. Implemented for [`EmptyResponse`] and for closures.
#[cfg(feature = "tower")]
#[diagnostic::on_unimplemented(
    message = "the session layer cannot create an error response with a body of type `{B}`",
    label = "a layer inside of the session layer changes the response body to `{B}`, which has no default value",
    note = "in axum, use `session::axum::SessionLayer`: it accepts every response body",
    note = "in other frameworks, create this response: `SessionLayer::new(manager).on_error(|failure| …)`",
    note = "or put the session layer inside of the layer that changes the body, or convert the body back in between"
)]
pub trait FailureHandler<B>: Clone {
    /// Returns the response to send.
    fn respond(&self, failure: Failure<Response<B>>) -> Response<B>;
}

/// The default of a layer: responds with the status of the error's kind and an empty body.
#[cfg(feature = "tower")]
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyResponse;

// The error for another body is then the message of the trait, instead of the missing `Default`.
#[cfg(feature = "tower")]
#[diagnostic::do_not_recommend]
impl<B: Default> FailureHandler<B> for EmptyResponse {
    fn respond(&self, failure: Failure<Response<B>>) -> Response<B> {
        failure.default_response()
    }
}

#[cfg(feature = "tower")]
impl<B, F: Fn(Failure<Response<B>>) -> Response<B> + Clone> FailureHandler<B> for F {
    fn respond(&self, failure: Failure<Response<B>>) -> Response<B> {
        self(failure)
    }
}
