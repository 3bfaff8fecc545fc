use session::SessionSchema;

#[derive(SessionSchema)]
#[session(prefx = "auth.")]
struct Visitor {
    user_id: u64,
}

fn main() {}
