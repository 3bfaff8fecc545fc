use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias("user", "uid"))]
    user_id: u64,
}

fn main() {}
