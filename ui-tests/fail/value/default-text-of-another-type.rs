use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = "seven of nine")]
    visits: u64,
}

fn main() {}
