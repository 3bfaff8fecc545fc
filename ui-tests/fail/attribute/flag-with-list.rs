use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(client(encrypted))]
    user: u64,
}

fn main() {}
