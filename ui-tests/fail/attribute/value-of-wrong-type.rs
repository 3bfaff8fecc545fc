use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = b"user.id")]
    user: u64,
}

fn main() {}
