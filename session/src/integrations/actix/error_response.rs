//! The responses to session errors.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::error::Error;
use crate::integrations::failure::Failure;
use crate::integrations::handler_error::HandlerError;

/// Responds with the [status](Error::status) of the error and an empty body. The cause is only logged.
///
/// [`SessionMiddleware::on_error`](super::SessionMiddleware::on_error) can replace this response.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(self)
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(HandlerError(self.clone()));
        response
    }
}

impl Failure<HttpResponse> {
    /// Returns the response that the middleware sends without `on_error`: the [status](Error::status) of the error
    /// and an empty body.
    ///
    /// If the handler returned the error, this is the response that the error became, with the changes of the middleware
    /// in between.
    pub fn default_response(self) -> HttpResponse {
        self.into_error_response().unwrap_or_else(|error| HttpResponse::new(status(&error)))
    }
}

/// Returns the status of an error as actix-web's type.
fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
