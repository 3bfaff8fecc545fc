use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(on_invalid = "panic")]
    size: u64,
}

fn main() {}
