use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user")]
    user_id: u64,
    #[session(key = "user")]
    name: String,
}

fn main() {}
