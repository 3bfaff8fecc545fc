use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default =)]
    visits: u64,
}

fn main() {}
