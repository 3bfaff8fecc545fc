use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(migrate = "old_size")]
    size: u64,
}

fn old_size(old: &serde_json::Value) -> Result<u64, serde_json::Error> {
    serde_json::from_value(old.clone())
}

fn main() {}
