use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id", alias = "user", index)]
    user_id: u64,
}

fn main() {}
