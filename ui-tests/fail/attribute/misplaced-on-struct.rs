use session::SessionSchema;

#[derive(SessionSchema)]
#[session(index)]
struct Visitor {
    user_id: u64,
}

fn main() {}
