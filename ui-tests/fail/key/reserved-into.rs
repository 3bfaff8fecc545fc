use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    into: u64,
}

fn main() {}
