use session::SessionSchema;

use serde_json::Value;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index, migrate = "number")]
    user_id: u64,
}

fn number(old: &Value) -> Option<u64> {
    old.as_str()?.parse().ok()
}

fn main() {}
