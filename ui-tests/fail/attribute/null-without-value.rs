use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(null)]
    reserve_id: u64,
}

fn main() {}
