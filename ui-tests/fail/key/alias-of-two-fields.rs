use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(alias = "user")]
    user_id: u64,
    #[session(alias = "user")]
    user_name: String,
}

fn main() {}
