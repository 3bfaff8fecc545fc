use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = None)]
    user_id: Option<u64>,
}

fn main() {}
