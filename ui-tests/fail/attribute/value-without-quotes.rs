use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = user.id)]
    user: u64,
}

fn main() {}
