use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(migrate = "old_size")]
    size: u64,
}

fn old_size(old: String) -> u64 {
    old.len() as u64
}

fn main() {}
