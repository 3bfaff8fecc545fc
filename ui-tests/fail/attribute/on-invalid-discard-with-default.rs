use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default, on_invalid = "discard")]
    size: u64,
}

fn main() {}
