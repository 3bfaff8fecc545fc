use session::SessionSchema;

struct Visitor {
    user_id: u64,
}

impl SessionSchema for Visitor {}

fn main() {}
