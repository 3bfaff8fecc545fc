use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    lifetime: u64,
}

fn main() {}
