use session::SessionSchema;

#[derive(SessionSchema)]
#[session(snapshot)]
struct Visitor {
    user_id: u64,
}

fn main() {}
