use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(on_invalid = "discrad")]
    size: u64,
}

fn main() {}
