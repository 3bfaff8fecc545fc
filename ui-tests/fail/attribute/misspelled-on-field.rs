use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(ky = "user.id")]
    user: u64,
}

fn main() {}
