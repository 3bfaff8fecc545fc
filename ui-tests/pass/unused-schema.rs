#![deny(warnings)]

use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[session(default)]
    cart: Vec<String>,
    #[session(client)]
    seen: u8,
    #[session(client, default = 3)]
    theme: u8,
}

fn main() {}
