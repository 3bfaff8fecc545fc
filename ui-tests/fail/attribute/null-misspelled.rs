use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(null = "abscent")]
    reserve_id: u64,
}

fn main() {}
