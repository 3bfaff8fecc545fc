use session::SessionSchema;

#[derive(SessionSchema)]
#[session(rename_all = "camelCase", client)]
struct Visitor {
    #[session(key = "userId")]
    user: u64,
    user_id: u64,
}

fn main() {}
