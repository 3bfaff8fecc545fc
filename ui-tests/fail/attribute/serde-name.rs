use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(rename = "user.id")]
    user: u64,
}

fn main() {}
