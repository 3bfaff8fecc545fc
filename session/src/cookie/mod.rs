//! The two cookies on the wire: token, client state, encryption, `Cookie` and `Set-Cookie` headers.

pub(crate) mod cookie_headers;
pub(crate) mod cookies;
pub(crate) mod encryption;
pub(crate) mod parsed_cookies;
pub(crate) mod plain_http;
pub(crate) mod state_cookie;
pub(crate) mod token;
pub(crate) mod warnings;
