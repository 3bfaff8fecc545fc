use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(server)]
    user: u64,
}

fn main() {}
