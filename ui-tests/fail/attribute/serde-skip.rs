use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
    #[serde(skip)]
    secret: String,
}

fn main() {}
