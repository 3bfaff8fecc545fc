#[derive(SessionSchema)]
struct Visitor {
    user_id: u64,
}

fn main() {}
