//! The response of a handler, in the types of no framework.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ReplyBody,
}

pub enum ReplyBody {
    Text(String),
    /// The text of a body that is streamed after the head of the response.
    Streamed(Pin<Box<dyn Future<Output = String> + Send>>),
}

impl Reply {
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self { status, headers: HeaderMap::new(), body: ReplyBody::Text(body.into()) }
    }

    pub fn streamed(body: impl Future<Output = String> + Send + 'static) -> Self {
        Self { body: ReplyBody::Streamed(Box::pin(body)), ..Self::new(200, "") }
    }

    /// A redirect with status 303.
    pub fn redirect(target: &'static str) -> Self {
        Self::new(303, "").header(header::LOCATION, target)
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.append(name, HeaderValue::from_static(value));
        self
    }
}

impl From<()> for Reply {
    fn from((): ()) -> Self {
        Self::new(200, "")
    }
}

impl From<String> for Reply {
    fn from(body: String) -> Self {
        Self::new(200, body)
    }
}

impl From<&'static str> for Reply {
    fn from(body: &'static str) -> Self {
        Self::new(200, body)
    }
}

impl From<StatusCode> for Reply {
    fn from(status: StatusCode) -> Self {
        Self { status, ..Self::from(()) }
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Streamed(_) => f.write_str("Streamed"),
        }
    }
}
