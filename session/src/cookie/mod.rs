//! The wire format: token, client state, encryption, the two cookies, and the header of the header transport.

pub(crate) mod cookies;
pub(crate) mod csrf_secret;
pub(crate) mod encryption;
pub(crate) mod header_tokens;
pub(crate) mod parsed_credentials;
pub(crate) mod plain_http;
pub(crate) mod request_credentials;
pub(crate) mod state_cookie;
pub(crate) mod token;
pub(crate) mod warnings;
