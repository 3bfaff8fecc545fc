use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session("user.id")]
    user: u64,
}

fn main() {}
