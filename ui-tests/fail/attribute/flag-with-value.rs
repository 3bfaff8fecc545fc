use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(client = true)]
    user: u64,
}

fn main() {}
