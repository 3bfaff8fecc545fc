use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = 'u')]
    user_id: u64,
}

fn main() {}
