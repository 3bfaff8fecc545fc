use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user")]
    user_id: u64,
    user: String,
}

fn main() {}
