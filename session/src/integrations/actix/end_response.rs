//! The end of a request that has a response or an error: the commit, and the headers of the session.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpResponse};

use crate::integrations::actix::settings::Settings;
use crate::integrations::end_request::end_request;
use crate::integrations::failure::Failure;
use crate::integrations::handler_error::HandlerError;
use crate::request::response::headers::{ResponseHeaders, is_cdn_header};
use crate::session::request_session::CancelGuard;

/// Returns true if the response is an error of this crate that a handler returned.
pub(super) fn has_handler_error<B>(result: &Result<ServiceResponse<B>, Error>) -> bool {
    match result {
        Ok(response) => response.response().extensions().contains::<HandlerError>(),
        Err(error) => error.as_error::<crate::error::Error>().is_some(),
    }
}

/// Commits the session, or only a deletion if the request failed, and adds the headers to the response.
///
/// `guard` is `None` if the request did not use its session.
pub(super) async fn end_result<B: MessageBody + 'static>(
    guard: Option<CancelGuard>,
    result: Result<ServiceResponse<B>, Error>,
    settings: &Settings,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match result {
        Ok(response) => {
            let (request, response) = response.into_parts();
            let response = end_response(guard, response.map_into_left_body(), settings, EitherBody::right).await;
            Ok(ServiceResponse::new(request, response))
        }
        // The service has consumed the request, without which there is no `ServiceResponse`. So the response stays an error.
        Err(error) => {
            let response = error.as_response_error().error_response();
            let response = end_response(guard, response, settings, |body| body).await;
            Err(InternalError::from_response(error, response).into())
        }
    }
}

async fn end_response<B: MessageBody + 'static>(
    mut guard: Option<CancelGuard>,
    mut response: HttpResponse<B>,
    settings: &Settings,
    convert: impl Fn(BoxBody) -> B,
) -> HttpResponse<B> {
    let session = guard.as_ref().map(|guard| guard.session().clone());
    let handler_error = response.extensions_mut().remove::<HandlerError>().map(|HandlerError(error)| error);
    let is_failed = settings.is_failed(&response);
    let on_error = |failure: Failure<HttpResponse<B>>| {
        let failure = failure.map_response(HttpResponse::map_into_boxed_body);
        settings.respond(failure).map_body(|_, body| convert(body))
    };
    let (mut response, headers) = end_request(session, response, handler_error, is_failed, on_error).await;
    if let Some(guard) = &mut guard {
        guard.complete();
    }
    apply(headers, response.headers_mut());
    response
}

/// Adds the headers of the session to a response.
fn apply(headers: ResponseHeaders, response: &mut HeaderMap) {
    if headers.is_empty() {
        return;
    }
    let targeted: Vec<HeaderName> = response.keys().filter(|name| is_cdn_header(name.as_str())).cloned().collect();
    for name in targeted {
        response.remove(name);
    }
    for header in headers.into_headers() {
        let name = HeaderName::from_bytes(header.name.as_str().as_bytes()).expect("a name of `http` 1 is one of 0.2");
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).expect("a value of `http` 1 is one of 0.2");
        value.set_sensitive(header.value.is_sensitive());
        if header.is_appended {
            response.append(name, value);
        } else {
            response.insert(name, value);
        }
    }
}
