use session::SessionSchema;

#[derive(SessionSchema)]
#[session(rename_all = "cammelCase")]
struct Visitor {
    user_id: u64,
}

fn main() {}
