use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = 1 +)]
    user: u64,
}

fn main() {}
