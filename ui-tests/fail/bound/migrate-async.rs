use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(migrate = "old_size")]
    size: u64,
}

async fn old_size(old: &serde_json::Value) -> Option<u64> {
    old.as_str()?.parse().ok()
}

fn main() {}
