//! The schema of the application.

use session::SessionSchema;

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(key = "user.id")]
    pub user_id: u64,
    pub name: String,
    #[session(default)]
    pub cart: Vec<String>,
    #[session(client)]
    pub theme: String,
    /// Set by a middleware around a handler.
    pub outside: u64,
    /// Set by the handler inside of that middleware.
    pub inside: u64,
}
