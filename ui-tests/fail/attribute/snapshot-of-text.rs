use session::SessionSchema;

#[derive(SessionSchema)]
#[session(snapshot("Clone"))]
struct Visitor {
    user_id: u64,
}

fn main() {}
