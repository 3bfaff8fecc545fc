use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias = "user_id")]
    user_id: u64,
}

fn main() {}
