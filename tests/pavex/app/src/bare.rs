//! A route outside of the middleware. A benchmark compares it with a route inside.

use pavex::Response;

#[pavex::get(path = "/bare")]
pub fn bare() -> Response {
    Response::ok().set_typed_body("hello")
}
