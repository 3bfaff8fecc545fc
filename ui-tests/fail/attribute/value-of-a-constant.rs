use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = USER_KEY)]
    user_id: u64,
}

fn main() {}
