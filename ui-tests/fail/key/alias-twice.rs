use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias = "user", kept_alias = "user")]
    user_id: u64,
}

fn main() {}
