use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias = "user")]
    user_id: u64,
    user: String,
}

fn main() {}
