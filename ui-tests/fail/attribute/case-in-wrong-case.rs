use session::SessionSchema;

#[derive(SessionSchema)]
#[session(rename_all = "uppercase")]
struct Visitor {
    user_id: u64,
}

fn main() {}
