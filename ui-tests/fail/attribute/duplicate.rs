use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id", key = "user")]
    user: u64,
}

fn main() {}
