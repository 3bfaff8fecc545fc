use session::SessionSchema;

#[derive(SessionSchema)]
#[session(default)]
struct Visitor {
    user_id: u64,
}

fn main() {}
