use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(index, client)]
    user_id: u64,
}

fn main() {}
