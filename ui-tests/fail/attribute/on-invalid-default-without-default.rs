use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(on_invalid = "default")]
    size: u64,
}

fn main() {}
