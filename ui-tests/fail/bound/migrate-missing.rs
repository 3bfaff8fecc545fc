use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(migrate = "old_size")]
    size: u64,
}

fn main() {}
