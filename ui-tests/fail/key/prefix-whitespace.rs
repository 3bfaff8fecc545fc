use session::SessionSchema;

#[derive(SessionSchema)]
#[session(prefix = "auth ")]
struct Visitor {
    user_id: u64,
}

fn main() {}
