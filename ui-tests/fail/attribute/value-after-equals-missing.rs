use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = , client)]
    user: u64,
}

fn main() {}
