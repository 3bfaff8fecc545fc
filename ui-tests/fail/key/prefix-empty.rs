use session::SessionSchema;

#[derive(SessionSchema)]
#[session(prefix = "")]
struct Visitor {
    user_id: u64,
}

fn main() {}
