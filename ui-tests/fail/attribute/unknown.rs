use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(volatile)]
    user: u64,
}

fn main() {}
