use session::SessionSchema;

#[derive(SessionSchema, SessionSchema)]
struct Visitor {
    user_id: u64,
}

fn main() {}
