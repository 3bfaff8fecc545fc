use session::SessionSchema;

#[derive(SessionSchema)]
#[session(null = "absent")]
struct Visitor {
    reserve_id: u64,
}

fn main() {}
