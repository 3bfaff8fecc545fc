use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(migrate = "old_size")]
    size: u64,
}

fn old_size(old: String) -> Option<u64> {
    old.parse().ok()
}

fn main() {}
