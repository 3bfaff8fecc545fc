use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    id: u64,
}

fn main() {}
