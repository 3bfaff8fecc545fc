use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    user_id: Option<u64>,
}

fn main() {}
