use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session]
    user: u64,
}

fn main() {}
