use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(prefix = "auth.")]
    user: u64,
}

fn main() {}
