use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[serde(rename = "user.id")]
    user_id: u64,
}

fn main() {}
