use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "user.id" client)]
    user: u64,
}

fn main() {}
