use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(optional)]
    user_id: u64,
}

fn main() {}
