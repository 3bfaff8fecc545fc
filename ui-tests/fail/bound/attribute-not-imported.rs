#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id")]
    user_id: u64,
}

fn main() {}
