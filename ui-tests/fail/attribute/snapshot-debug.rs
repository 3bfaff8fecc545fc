use session::SessionSchema;

#[derive(SessionSchema)]
#[session(snapshot(Debug, Clone))]
struct Visitor {
    user_id: u64,
}

fn main() {}
