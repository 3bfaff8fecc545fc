use session::SessionSchema;

#[derive(SessionSchema)]
#[session(crate = "other")]
struct Visitor {
    user_id: u64,
}

fn main() {}
